"""jscode2session."""

import base64

from tests.sandbox.calls import LOGIN, WeChat


async def test_a_code_becomes_an_openid_and_a_session_key(wechat: WeChat) -> None:
    issued = await wechat.control("codes", user="clerk")

    session = await wechat.login(issued["code"])

    assert session.keys() == {"openid", "session_key"}
    assert session["openid"] == issued["openid"]
    assert len(session["openid"]) == 28
    assert len(base64.b64decode(session["session_key"])) == 16


async def test_the_same_name_is_always_the_same_person(wechat: WeChat) -> None:
    first = await wechat.openid("clerk")
    phone = (await wechat.shown("users/clerk"))["phone"]
    await wechat.control("reset")

    assert await wechat.openid("clerk") == first
    assert (await wechat.shown("users/clerk"))["phone"] == phone
    assert await wechat.openid("reviewer") != first


async def test_the_answer_is_plain_text_with_escaped_slashes(wechat: WeChat) -> None:
    texts = []
    for number in range(40):
        query = LOGIN | {"js_code": await wechat.code(f"user {number}")}
        answer = await wechat.raw("GET", "/sns/jscode2session", params=query)
        assert answer.content_type == "text/plain"
        texts.append(await answer.text())

    assert any(r"\/" in text for text in texts)
    assert not any("/" in text.replace(r"\/", "") for text in texts)


async def test_a_code_works_once_for_five_minutes(wechat: WeChat) -> None:
    used, late = await wechat.code(), await wechat.code()
    await wechat.login(used)

    again = await wechat.login(used)
    await wechat.advance(301)
    expired = await wechat.login(late)

    assert again["errcode"] == 40163
    assert again["errmsg"].startswith("code been used, rid: ")
    assert expired["errcode"] == 40029


async def test_codes_of_another_kind_or_app_are_invalid(wechat: WeChat) -> None:
    phone = await wechat.code(kind="phone")
    foreign = await wechat.control("codes", user="zhang", appid="wx_other")

    assert (await wechat.login(phone))["errcode"] == 40029
    assert (await wechat.login(foreign["code"]))["errcode"] == 40029


async def test_a_blocked_user_cannot_log_in(wechat: WeChat) -> None:
    await wechat.control("users/zhang", blocked=True)

    assert (await wechat.login(await wechat.code()))["errcode"] == 40226


async def test_the_session_key_stays_unless_told_to_rotate(wechat: WeChat) -> None:
    keys = [(await wechat.login(await wechat.code()))["session_key"] for _ in range(2)]
    await wechat.control("options", rotate_session_key=True, with_unionid=True)

    rotated = await wechat.login(await wechat.code())

    assert keys[0] == keys[1] != rotated["session_key"]
    assert len(rotated["unionid"]) == 28


async def test_one_user_logs_in_a_hundred_times_a_minute(wechat: WeChat) -> None:
    for _ in range(100):
        assert "openid" in await wechat.login(await wechat.code())

    beyond = await wechat.login(await wechat.code())
    other = await wechat.login(await wechat.code("li"))
    await wechat.advance(60)
    later = await wechat.login(await wechat.code())

    assert beyond["errcode"] == 45011
    assert "openid" in other
    assert "openid" in later
