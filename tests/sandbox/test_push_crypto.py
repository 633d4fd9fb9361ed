"""Signatures and encryption against WeChat's published vectors (wechat.md 5)."""

from sandbox.push_crypto import encrypt, signature

APPID = "wxba5fad812f8e6fb9"
TOKEN = "AAAAA"
KEY = "A" * 43
PUSHED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcv"
    "ZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3F"
    "n2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSe"
    "OBrebufAlr7F9mFUPAJGj04="
)
REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


def test_the_url_check_is_signed() -> None:
    signed = signature(TOKEN, "1714036504", "1514711492")

    assert signed == "f464b24fc39322e44b38aa78f5edd27bd1441696"


def test_a_pushed_message_is_encrypted_and_signed() -> None:
    message = (
        '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY",'
        '"CreateTime":1714112445,"MsgType":"event","Event":"debug_demo",'
        '"debug_str":"hello world"}'
    )

    sealed = encrypt(message, appid=APPID, aes_key=KEY, salt="a8eedb185eb2fecf")

    assert sealed == PUSHED
    assert signature(TOKEN, "1714112445", "415670741", sealed) == (
        "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    )
    assert signature(TOKEN, "1714112445", "415670741") == "6c5c811b55cc85e0e1b54100749188c20beb3f5d"


def test_a_reply_is_encrypted_and_signed() -> None:
    sealed = encrypt('{"demo_resp":"good luck"}', appid=APPID, aes_key=KEY, salt="707722b803182950")

    assert sealed == REPLY
    assert signature(TOKEN, "1713424427", "415670741", sealed) == (
        "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
    )
