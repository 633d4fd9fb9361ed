"""The control calls: strict about what they are given, clear about what is wrong."""

from typing import Any

import pytest

from tests.sandbox.calls import PROGRESS, SEND, WeChat


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("codes", {}, "'user' is missing"),
        ("codes", {"user": ""}, "'user' must be text"),
        ("codes", {"user": 1}, "'user' must be text"),
        ("codes", {"user": "x\ny"}, "printable"),
        ("codes", {"user": "x" * 65}, "1 to 64"),
        ("codes", {"user": "x", "kind": "sms"}, "login, phone"),
        ("codes", {"user": "x", "extra": 1}, "no field 'extra'"),
        ("subscribe", {"user": "nobody", "template_id": PROGRESS, "result": "accept"}, "nobody"),
        ("subscribe", {"user": "zhang", "template_id": "T", "result": "accept"}, "20001"),
        ("subscribe", {"user": "zhang", "template_id": PROGRESS, "result": "maybe"}, "accept"),
        ("subscribe", {"user": "zhang", "template_id": PROGRESS}, "belong together"),
        ("subscribe", {"user": "zhang"}, "either"),
        ("subscribe", {"user": "zhang", "results": dict.fromkeys("abcdef", "accept")}, "20003"),
        (
            "subscribe",
            {"user": "zhang", "results": {PROGRESS: "accept"}, "via": "settings"},
            "only reject",
        ),
        ("faults", {"path": "/nowhere", "kind": "busy"}, "no path '/nowhere'"),
        ("faults", {"path": SEND, "kind": "odd"}, "kind is one of busy"),
        ("faults", {"path": SEND, "kind": "busy", "times": 0}, "'times'"),
        ("faults", {"path": SEND, "kind": "busy", "times": True}, "'times'"),
        ("faults", {"path": SEND, "kind": "blocked"}, "jscode2session"),
        ("faults", {"path": "/cgi-bin/token", "kind": "token_revoked"}, "no access_token"),
        ("options", {"nothing": 1}, "no option 'nothing'"),
        ("options", {"check_order": "random"}, "check_order"),
        ("options", {"wrong_secret": "40001"}, "wrong_secret"),
        ("options", {"spend_on_failure": 1}, "spend_on_failure"),
        ("options", {"push_attempts": 99}, "1 to 10"),
        ("options", {"push_attempts": 1.5}, "1 to 10"),
        ("options", {"risky_words": "word"}, "list of texts"),
        ("options", {"push_url": 5}, "text"),
        ("quota", {"path": SEND, "per_day": -1}, "'per_day'"),
        ("clock", {"advance_seconds": -1}, "'advance_seconds'"),
        ("clock", {"advance_seconds": "1"}, "number"),
        ("push", {"kind": "odd"}, "kind is one of"),
        ("push", {"kind": "popup"}, "needs the field 'user'"),
        ("push", {"kind": "popup", "user": "zhang", "variant": "odd"}, "variant is one of"),
        ("push", {"kind": "popup", "user": "zhang", "copies": 11}, "'copies'"),
        ("push", {"kind": "sent", "user": "zhang"}, "no message yet"),
        ("push", {"kind": "event", "user": "zhang"}, "event's name"),
        ("users/zhang", {"phone": "+86"}, "digits"),
        ("users/zhang", {"credits": {PROGRESS: -1}}, "credit"),
        ("users/zhang", {"credits": {"T": 1}}, "20001"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_a_sentence(
    wechat: WeChat, path: str, body: dict[str, Any], said: str
) -> None:
    await wechat.openid()

    answer = await wechat.raw("POST", f"/_control/{path}", json=body)

    assert answer.status == 400
    assert said in (await answer.json())["error"]


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"'])
async def test_a_body_that_is_no_object_is_refused(wechat: WeChat, raw: bytes) -> None:
    answer = await wechat.raw("POST", "/_control/codes", data=raw)

    assert answer.status == 400
    assert "JSON" in (await answer.json())["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_control/nothing", 404),
        ("GET", "/_control/users/nobody", 400),
        ("GET", "/_control/messages?user=nobody", 400),
    ],
)
async def test_what_is_not_there_is_said_in_json(
    wechat: WeChat, method: str, path: str, status: int
) -> None:
    answer = await wechat.raw(method, path)

    assert answer.status == status
    assert (await answer.json())["error"]


async def test_a_refused_change_of_options_changes_nothing(wechat: WeChat) -> None:
    before = await wechat.shown("options")

    await wechat.raw("POST", "/_control/options", json={"send_ms": 5, "push_attempts": 0})

    assert await wechat.shown("options") == before


async def test_every_option_says_what_it_takes_and_means(wechat: WeChat) -> None:
    for option in (await wechat.shown("options"))["items"]:
        assert option["meaning"]
        assert option["allowed"]
        await wechat.control("options", **{option["name"]: option["value"]})


async def test_reset_forgets_everything(wechat: WeChat) -> None:
    fresh = await wechat.shown("stats")
    await wechat.accept()
    await wechat.send()
    await wechat.advance(100)
    await wechat.control("options", check_order="credit_first")
    await wechat.control("faults", path=SEND, kind="busy")

    await wechat.control("reset")

    assert await wechat.shown("stats") == fresh
    assert (await wechat.shown("clock"))["advanced_seconds"] == 0
    assert (await wechat.shown("users"))["items"] == []
    assert (await wechat.shown("faults"))["items"] == []


async def test_stats_count_calls_by_path_and_errcode(wechat: WeChat) -> None:
    await wechat.accept()
    await wechat.send()
    await wechat.send()
    await wechat.login("x")

    stats = await wechat.shown("stats")

    assert stats["calls"][SEND] == {"0": 1, "43101": 1}
    assert stats["calls"]["/sns/jscode2session"] == {"40029": 1}
    assert stats["tokens_issued"] == {"token": 0, "stable_token": 1}
    assert (stats["users"], stats["messages"]) == (1, 1)


async def test_users_can_be_named_by_openid(wechat: WeChat) -> None:
    openid = await wechat.openid()
    await wechat.accept(openid)

    assert [user["name"] for user in (await wechat.shown("users"))["items"]] == ["zhang"]
    assert (await wechat.shown(f"messages?user={openid}"))["items"] == []


async def test_all_messages_are_listed_with_their_users(wechat: WeChat) -> None:
    for user in ("zhang", "li"):
        await wechat.accept(user)
        await wechat.send(user)

    items = (await wechat.shown("messages"))["items"]

    assert [item["user"] for item in items] == ["zhang", "li"]
    assert items[0]["title"] == "办件进度通知"
