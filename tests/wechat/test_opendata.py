"""The official vectors of signed and encrypted open data."""

import pytest

from wechat import opendata

RAW = (
    '{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong",'
    '"country":"CN","avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7'
    'bQxKARol6503Iuswjjn6nIGBiaycAjAtpujxyzYsrztuuICqIM5ibXQ/0"}'
)
APPID = "wx4f4bc4dec97d474b"
SESSION_KEY = "tiihtNczf5v6AKRyjwEUhQ=="
IV = "r7BXXKkLb8qrSNn05n0qiA=="
ENCRYPTED = (
    "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdb"
    "B+3hVbJSRgv+4lGOETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1"
    "zAo6/1Xx1COxFvrc2d7UL/lmHInNlxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQa"
    "Qx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/r7Z6xNrXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLI"
    "VWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7XjfhQlVsAJdNiKdYmYVoKlaRv85IfVunYzO0IKXsy"
    "l7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew=="
)


def test_the_official_signature_holds_and_a_changed_text_does_not() -> None:
    signature = "75e81ceda165f4ffa64f4068af58c64b8f54b88c"
    session_key = "HyVFkGl5F5OQWJZZaNzBBg=="

    assert opendata.signed(RAW, signature, session_key=session_key)
    assert not opendata.signed(RAW + " ", signature, session_key=session_key)
    assert not opendata.signed(RAW, "签名", session_key=session_key)


def test_the_official_data_are_decrypted() -> None:
    found = opendata.decrypted(ENCRYPTED, IV, session_key=SESSION_KEY, appid=APPID)

    assert found["openId"] == "oGZUI0egBJY1zhBYw2KhdUfwVJJE"
    assert found["unionId"] == "ocMvos6NjeKLIBqg5Mr9QjxrP1FA"
    assert found["watermark"] == {"timestamp": 1477314187, "appid": APPID}


@pytest.mark.parametrize(
    "change",
    [
        {"appid": "wxanother"},
        {"session_key": "HyVFkGl5F5OQWJZZaNzBBg=="},
        {"session_key": "c2hvcnQ="},
        {"session_key": "键"},
        {"iv": "c2hvcnQ="},
        {"encrypted": ENCRYPTED[:-24]},
        {"encrypted": "%%%"},
        {"encrypted": ""},
    ],
)
def test_anything_else_is_refused_in_one_way(change: dict[str, str]) -> None:
    given = {"encrypted": ENCRYPTED, "iv": IV, "session_key": SESSION_KEY, "appid": APPID} | change

    with pytest.raises(opendata.OpenDataRefused):
        opendata.decrypted(
            given["encrypted"], given["iv"], session_key=given["session_key"], appid=given["appid"]
        )
