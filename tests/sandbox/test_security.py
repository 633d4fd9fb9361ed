"""msg_sec_check."""

from typing import Any

import pytest

from tests.sandbox.calls import WeChat

PATH = "/wxa/msg_sec_check"


async def check(wechat: WeChat, **changes: Any) -> dict[str, Any]:
    known = await wechat.shown("users")
    openid = known["items"][0]["openid"] if known["items"] else await wechat.openid()
    body = {"openid": openid, "scene": 2, "version": 2, "content": "邻里和睦"}
    return await wechat.api(PATH, body | changes)


@pytest.mark.parametrize(
    ("content", "suggest", "label"),
    [("邻里和睦", "pass", 100), ("线上赌博", "risky", 20006), ("兼职刷单", "review", 10001)],
)
async def test_words_decide(wechat: WeChat, content: str, suggest: str, label: int) -> None:
    answer = await check(wechat, content=content)

    assert answer["errcode"] == 0
    assert answer["result"] == {"suggest": suggest, "label": label}
    assert [part["strategy"] for part in answer["detail"]] == ["content_model", "keyword"]
    assert answer["trace_id"]


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"version": 1}, 47001),
        ({"scene": 0}, 40129),
        ({"scene": "2"}, 40129),
        ({"openid": "oFOREIGN"}, 40003),
        ({"content": None}, 47001),
        ({"content": "一" * 2501}, 47001),
        ({"content": ""}, 44002),
    ],
)
async def test_bad_arguments_are_refused(
    wechat: WeChat, changes: dict[str, Any], errcode: int
) -> None:
    assert (await check(wechat, **changes))["errcode"] == errcode


@pytest.mark.parametrize("minutes", [120, 30])
async def test_the_user_must_have_been_here_lately(wechat: WeChat, minutes: int) -> None:
    await wechat.control("options", visit_minutes=minutes)
    await wechat.openid()

    await wechat.advance(minutes * 60 - 10)
    in_time = await check(wechat)
    await wechat.advance(20)
    late = await check(wechat)

    assert (in_time["errcode"], late["errcode"]) == (0, 61010)


async def test_its_minute_quota_has_its_own_errcode(wechat: WeChat) -> None:
    await wechat.control("quota", path=PATH, per_minute=1)
    await check(wechat)

    assert (await check(wechat))["errcode"] == 44991
