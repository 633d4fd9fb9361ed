"""Faults on demand."""

import asyncio

import pytest
from aiohttp import ClientError, ClientTimeout

from tests.sandbox.calls import LOGIN, SEND, WeChat


@pytest.mark.parametrize(
    ("kind", "errcode"), [("busy", -1), ("minute_quota", 45011), ("daily_quota", 45009)]
)
async def test_a_fault_strikes_so_many_times(wechat: WeChat, kind: str, errcode: int) -> None:
    await wechat.accept()
    await wechat.control("faults", path=SEND, kind=kind, times=2)

    answers = [(await wechat.send())["errcode"] for _ in range(3)]

    assert answers == [errcode, errcode, 0]
    assert (await wechat.shown("faults"))["items"] == []
    assert (await wechat.shown("stats"))["faults"] == {kind: 2}


async def test_a_broken_gateway_answers_html(wechat: WeChat) -> None:
    await wechat.control("faults", path="cgi-bin/message/subscribe/send", kind="http_500")

    answer = await wechat.raw("POST", SEND)

    assert (answer.status, answer.content_type) == (500, "text/html")


async def test_a_reset_after_the_work_leaves_its_effect(wechat: WeChat) -> None:
    await wechat.accept()
    await wechat.control("faults", path=SEND, kind="reset_after")

    with pytest.raises(ClientError):
        await wechat.send()

    assert len(await wechat.messages()) == 1


async def test_a_reset_before_the_work_leaves_none(wechat: WeChat) -> None:
    await wechat.accept()
    await wechat.control("faults", path=SEND, kind="reset_before")

    with pytest.raises(ClientError):
        await wechat.send()

    assert await wechat.messages() == []


async def test_a_slow_answer_comes_too_late(wechat: WeChat) -> None:
    await wechat.accept()
    query = {"access_token": await wechat.token()}
    body = await wechat.message()
    await wechat.control("faults", path=SEND, kind="slow", seconds=30)

    with pytest.raises(TimeoutError):
        await wechat.raw("POST", SEND, params=query, json=body, timeout=ClientTimeout(total=0.2))

    assert len(await wechat.messages()) == 1


async def test_a_revoked_token_fails_until_a_new_one_is_fetched(wechat: WeChat) -> None:
    await wechat.accept()
    token, body = await wechat.token(), await wechat.message()
    await wechat.control("faults", path=SEND, kind="token_revoked")

    revoked = [await wechat.post(SEND, body, access_token=token) for _ in range(2)]

    assert [answer["errcode"] for answer in revoked] == [40001, 40001]
    assert await wechat.token() != token
    assert (await wechat.send())["errcode"] == 0


async def test_a_login_can_be_blocked(wechat: WeChat) -> None:
    code = await wechat.code()
    await wechat.control("faults", path="/sns/jscode2session", kind="blocked")

    blocked = await wechat.get("/sns/jscode2session", js_code=code, **LOGIN)

    assert blocked["errcode"] == 40226
    assert "openid" in await wechat.login(code)


async def test_faults_strike_in_their_order_and_can_be_cleared(wechat: WeChat) -> None:
    for kind in ("busy", "minute_quota", "daily_quota"):
        await wechat.control("faults", path=SEND, kind=kind)

    answers = [(await wechat.send())["errcode"] for _ in range(2)]
    await wechat.raw("DELETE", "/_control/faults")

    assert answers == [-1, 45011]
    assert (await wechat.send())["errcode"] == 43101


async def test_many_callers_at_once_use_a_fault_up_once(wechat: WeChat) -> None:
    await wechat.control("users/zhang", credits={(await wechat.message())["template_id"]: 50})
    await wechat.control("faults", path=SEND, kind="busy", times=7)
    token, body = await wechat.token(), await wechat.message()

    answers = await asyncio.gather(
        *(wechat.post(SEND, body, access_token=token) for _ in range(20))
    )

    assert sorted(answer["errcode"] for answer in answers) == [-1] * 7 + [0] * 13
    assert len({answer.get("msgid") for answer in answers}) == 14
