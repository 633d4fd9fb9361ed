"""What a push comes in: the official vectors, all modes, and whatever is not WeChat's own."""

import json

import pytest

from config.settings import SettingsError, settings
from sandbox import push_crypto
from tests.wechat.conftest import APPID, Configure
from tests.wechat.pushes import AES_KEY, POPUP_JSON, POPUP_XML, TOKEN, parse, plain_query, sealed
from wechat import push
from wechat.documents import BODY_LIMIT, PushRefused

pytestmark = pytest.mark.usefixtures("safe_mode")
OTHER_KEY = "B" * 43
SIGNED = {
    "timestamp": "1714112445",
    "nonce": "415670741",
    "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
    "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
    "encrypt_type": "aes",
}
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZ"
    "qzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2"
    "Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBr"
    "ebufAlr7F9mFUPAJGj04="
)


@pytest.fixture
def official(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app of the official vectors, whose published key no start would take."""
    given = {"wechat_appid": "wxba5fad812f8e6fb9"}
    monkeypatch.setattr(push, "settings", lambda: settings().model_copy(update=given))


def test_the_official_url_check_is_answered_with_its_echo() -> None:
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "timestamp": "1714036504",
        "nonce": "1514711492",
        "echostr": "4375120948345356249",
    }

    assert push.check_url(query) == "4375120948345356249"
    for name, wrong in (("signature", "f" * 40), ("signature", "签"), ("nonce", "1")):
        with pytest.raises(PushRefused):
            push.check_url(query | {name: wrong})


@pytest.mark.usefixtures("official")
@pytest.mark.parametrize("mode_name", ["safe", "compatible"])
@pytest.mark.parametrize("as_xml", [False, True])
def test_the_official_encrypted_push_is_read(
    configure: Configure, mode_name: str, *, as_xml: bool
) -> None:
    configure(wechat_push_mode=mode_name)
    body = json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": ENCRYPTED})
    if as_xml:
        body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{ENCRYPTED}]]></Encrypt></xml>"

    event = parse(body.encode(), SIGNED)

    assert event.kind == "debug_demo"
    assert event.sender == "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
    assert event.created == 1714112445
    assert event.content["debug_str"] == "hello world"


@pytest.mark.usefixtures("official")
def test_in_compatible_mode_the_plain_copy_counts_for_nothing(configure: Configure) -> None:
    configure(wechat_push_mode="compatible")
    forged = POPUP_JSON | {"FromUserName": "somebody"}

    event = parse(json.dumps(forged | {"Encrypt": ENCRYPTED}).encode(), SIGNED)

    assert event.sender == "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
    with pytest.raises(PushRefused):
        parse(json.dumps(forged).encode(), SIGNED | plain_query())


def test_the_key_before_the_present_one_still_opens(configure: Configure) -> None:
    body, query = sealed(json.dumps(POPUP_JSON))
    configure(wechat_push_aes_key=f"{OTHER_KEY},{AES_KEY}")

    assert parse(body, query).sender == "OPENID"

    configure(wechat_push_aes_key=OTHER_KEY)
    with pytest.raises(PushRefused):
        parse(body, query)


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (json.dumps({"Encrypt": ENCRYPTED}).encode(), SIGNED | {"msg_signature": "0" * 40}),
        (json.dumps({"Encrypt": ENCRYPTED}).encode(), SIGNED | {"nonce": "415670742"}),
        (json.dumps({"Encrypt": ENCRYPTED}).encode(), {}),
        (json.dumps({"Encrypt": ENCRYPTED[:-4]}).encode(), SIGNED),
        (json.dumps({"Encrypt": [ENCRYPTED]}).encode(), SIGNED),
        (json.dumps({"Encrypt": "\ud800"}).encode(), SIGNED),
        (json.dumps({"ToUserName": "gh"}).encode(), SIGNED),
        (POPUP_XML.format("").encode("utf-16"), SIGNED),
        (b"\xff\xfe", SIGNED),
        (b" " * (BODY_LIMIT + 1), SIGNED),
    ],
)
def test_an_unsigned_or_broken_envelope_is_refused(body: bytes, query: dict[str, str]) -> None:
    with pytest.raises(PushRefused):
        parse(body, query)


def test_a_message_for_another_app_is_refused() -> None:
    with pytest.raises(PushRefused):
        parse(*sealed(json.dumps(POPUP_JSON), appid="wxanother"))


@pytest.mark.parametrize("encrypted", ["", "%%%", "QUJD", "A" * 64, "QQ" * 32])
def test_a_signed_envelope_with_rubbish_inside_is_refused(encrypted: str) -> None:
    signature = push_crypto.signature(TOKEN, "1", "2", encrypted)
    query = {"timestamp": "1", "nonce": "2", "msg_signature": signature}

    with pytest.raises(PushRefused):
        parse(json.dumps({"Encrypt": encrypted}).encode(), query)


def test_without_a_token_no_signature_is_right(configure: Configure) -> None:
    configure(wechat_push_token="", wechat_push_mode="plain")
    query = {"timestamp": "1", "nonce": "2", "signature": push_crypto.signature("", "1", "2")}

    with pytest.raises(PushRefused):
        parse(json.dumps(POPUP_JSON).encode(), query)


def test_an_unusable_key_is_the_operators_mistake_and_says_so(configure: Configure) -> None:
    body, query = sealed(json.dumps(POPUP_JSON))
    configure(wechat_push_aes_key="short")

    with pytest.raises(SettingsError, match="YIKOU_WECHAT_PUSH_AES_KEY"):
        parse(body, query)


@pytest.mark.usefixtures("official")
@pytest.mark.parametrize(
    ("seconds", "taken"), [(-601, False), (-600, True), (600, True), (601, False)]
)
def test_what_was_signed_long_ago_or_ahead_is_a_replay(
    configure: Configure, seconds: int, *, taken: bool
) -> None:
    body = json.dumps({"Encrypt": ENCRYPTED}).encode()
    now = int(SIGNED["timestamp"]) + seconds

    if taken:
        assert push.parse(body, SIGNED, now=now).kind == "debug_demo"
    else:
        with pytest.raises(PushRefused, match="too old or too new"):
            push.parse(body, SIGNED, now=now)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "9" * 400, "\u0661"])
def test_a_push_without_a_usable_time_is_refused(timestamp: str) -> None:
    encrypted = push_crypto.encrypt(json.dumps(POPUP_JSON), appid=APPID, aes_key=AES_KEY)
    signed = push_crypto.signature(TOKEN, timestamp, "2", encrypted)
    query = {"timestamp": timestamp, "nonce": "2", "msg_signature": signed}

    with pytest.raises(PushRefused):
        push.parse(json.dumps({"Encrypt": encrypted}).encode(), query, now=1)
