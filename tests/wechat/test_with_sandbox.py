"""The client and the push reader judged by the strict sandbox."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from config.settings import settings
from sandbox import delivery, server
from sandbox import options as sandbox_options
from sandbox.delivery import Variant
from sandbox.events import Event
from sandbox.faults import Fault
from sandbox.options import Options
from sandbox.state import State
from sandbox.users import User
from tests.wechat.conftest import Configure
from wechat import client, operations, push
from wechat.documents import PushRefused
from wechat.errcodes import Reaction, WeChatError, WeChatUnavailable
from wechat.operations import LoginIdentity, PhoneNumber, Suggestion, TextScene

TEMPLATE = "TPL_CASE_PROGRESS_sandbox_00000000000000001"
MODES = ("plain", "compatible", "safe")
SEND = "/cgi-bin/message/subscribe/send"
TEXTS = {
    "thing1": "城乡居民最低生活保障对象认定（含边缘家庭）",
    "character_string2": "2101020010012026112300001",
    "phrase3": "材料需要补正",
    "time4": "2026-11-23T09:42:00+08:00",
    "thing5": "请在2026年11月30日前提交补正材料😀\n逾期视为放弃",
}


@pytest.fixture
async def sandbox(configure: Configure, empty_redis: None) -> AsyncIterator[State]:
    """A running sandbox with a strict mind, in place of WeChat."""
    configure(wechat_appid="", wechat_secret="")
    state = State()
    strict = {"thing_counts": "utf16", "extra_keys": "refuse", "sent_event": False}
    state.options = sandbox_options.changed(state.options, strict)
    runner, url = await server.start(state, host="127.0.0.1", port=0)
    configure(wechat_api_url=url)
    yield state
    await client.close()
    await runner.cleanup()


@pytest.fixture
def resident(sandbox: State) -> User:
    """A user who was here just now and agreed to one message."""
    user = sandbox.users.ensure("zhang")
    user.last_visit = sandbox.now()
    user.credits = {TEMPLATE: 1}
    return user


def a_code(sandbox: State, user: User, kind: str = "login") -> str:
    """What the phone would hand over."""
    appid, now = sandbox.app.appid, sandbox.now()
    return sandbox.codes.issue(
        "login" if kind == "login" else "phone", user.openid, appid=appid, now=now
    )


async def test_a_login_works_once(sandbox: State, resident: User) -> None:
    code = a_code(sandbox, resident)

    assert await operations.code_to_session(code) == LoginIdentity(resident.openid, None)

    with pytest.raises(WeChatError) as caught:
        await operations.code_to_session(code)
    assert caught.value.reaction is Reaction.NEW_CODE
    assert sandbox.stats.calls["/cgi-bin/stable_token"].total() == 0


async def test_a_login_whose_answer_is_lost_is_not_tried_again(
    sandbox: State, resident: User
) -> None:
    sandbox.faults.add(Fault("/sns/jscode2session", "reset_after"))

    with pytest.raises(WeChatUnavailable) as caught:
        await operations.code_to_session(a_code(sandbox, resident))

    assert caught.value.ambiguous
    assert sandbox.stats.calls["/sns/jscode2session"].total() == 1


async def test_a_blocked_user_is_told(sandbox: State, resident: User) -> None:
    resident.blocked = True

    with pytest.raises(WeChatError) as caught:
        await operations.code_to_session(a_code(sandbox, resident))

    assert caught.value.reaction is Reaction.BLOCKED


async def test_a_phone_number_is_told_for_its_code(sandbox: State, resident: User) -> None:
    code = a_code(sandbox, resident, "phone")

    assert await operations.phone_number(resident.openid, code) == PhoneNumber(resident.phone, "86")


async def test_texts_of_any_length_arrive_and_credits_end(sandbox: State, resident: User) -> None:
    msgid = await operations.send_subscribe_message(
        resident.openid, TEMPLATE, TEXTS, page="pages/case/detail?id=1"
    )

    (message,) = resident.messages
    assert str(message.msgid) == msgid
    assert message.data["thing1"]["value"] == "城乡居民最低生活保障对象认定（含边缘家…"
    with pytest.raises(WeChatError) as caught:
        await operations.send_subscribe_message(resident.openid, TEMPLATE, TEXTS)
    assert caught.value.reaction is Reaction.NO_CREDIT


async def test_a_token_that_dies_under_way_costs_one_fetch(sandbox: State) -> None:
    users = [sandbox.users.ensure(f"user{number}") for number in range(20)]
    for user in users:
        user.credits = {TEMPLATE: 2}

    async def to_all() -> None:
        sends = (operations.send_subscribe_message(user.openid, TEMPLATE, TEXTS) for user in users)
        await asyncio.gather(*sends)

    await to_all()
    sandbox.faults.add(Fault(SEND, "token_revoked"))
    await to_all()

    assert [len(user.messages) for user in users] == [2] * 20
    assert sandbox.stats.calls["/cgi-bin/stable_token"].total() == 2


@pytest.mark.parametrize("errcode", ["40001", "40014", "42001"])
async def test_an_expired_token_is_renewed_whatever_wechat_calls_it(
    sandbox: State, resident: User, errcode: str
) -> None:
    resident.credits = {TEMPLATE: 2}
    await operations.send_subscribe_message(resident.openid, TEMPLATE, TEXTS)
    sandbox.options = sandbox_options.changed(sandbox.options, {"token_errcode": errcode})
    sandbox.tokens.revoke(sandbox.now())

    await operations.send_subscribe_message(resident.openid, TEMPLATE, TEXTS)

    assert len(resident.messages) == 2


@pytest.mark.parametrize(
    ("kind", "reaction", "ambiguous"),
    [
        ("busy", Reaction.RETRY, True),
        ("http_500", Reaction.RETRY, True),
        ("reset_before", Reaction.RETRY, True),
        ("reset_after", Reaction.RETRY, True),
        ("minute_quota", Reaction.WAIT_MINUTE, False),
        ("daily_quota", Reaction.WAIT_DAY, False),
    ],
)
async def test_a_fault_is_classed_and_the_request_not_repeated(
    sandbox: State, resident: User, *, kind: str, reaction: Reaction, ambiguous: bool
) -> None:
    sandbox.faults.add(Fault(SEND, kind))  # type: ignore[arg-type] # from the table above

    with pytest.raises(WeChatError) as caught:
        await operations.send_subscribe_message(resident.openid, TEMPLATE, TEXTS)

    assert caught.value.reaction is reaction
    assert caught.value.ambiguous is ambiguous
    assert sandbox.stats.faults[kind] == 1
    assert len(resident.messages) == (kind == "reset_after")


async def test_texts_are_judged_while_the_user_is_here(sandbox: State, resident: User) -> None:
    verdict = await operations.check_text(resident.openid, "不要赌博", TextScene.COMMENT)
    assert verdict.suggestion is Suggestion.RISKY

    resident.last_visit -= 3 * 3600
    with pytest.raises(WeChatError) as caught:
        await operations.check_text(resident.openid, "你好", TextScene.COMMENT)
    assert caught.value.errcode == 61010


async def test_a_code_is_an_image_and_a_foreign_page_an_error(sandbox: State) -> None:
    assert (await operations.mini_program_code("a1", "pages/case/detail")).startswith(b"\x89PNG")

    sandbox.options = sandbox_options.changed(sandbox.options, {"qrcode_error_type": "image"})
    with pytest.raises(WeChatError) as caught:
        await operations.mini_program_code("a1", "pages/nowhere")
    assert caught.value.errcode == 41030


@pytest.mark.parametrize(
    ("mode", "body_format", "single", "strings", "count"),
    list(itertools.product(MODES, ("json", "xml"), ("object", "array"), (False, True), (1, 2))),
)
def test_every_way_of_pushing_says_the_same(
    configure: Configure, *, mode: str, body_format: str, single: str, strings: bool, count: int
) -> None:
    configure(wechat_appid="", wechat_secret="", wechat_push_mode=mode)
    ways = sandbox_options.changed(
        Options(),
        {
            "push_mode": mode,
            "push_format": body_format,
            "single_list": single,
            "number_strings": strings,
        },
    )
    items = tuple(
        {"TemplateId": f"T{number}", "SubscribeStatusString": "accept", "PopupScene": 0}
        for number in range(count)
    )
    event = Event("subscribe_msg_popup_event", "oOPENID", 1610969440, items, {})
    app = State().app

    sent = delivery.write(event, app, ways, now=1610969441.0)
    read = push.parse(sent.body, sent.query, now=int(sent.query["timestamp"]))

    assert (read.kind, read.sender, read.created) == (
        "subscribe_msg_popup_event",
        "oOPENID",
        1610969440,
    )
    assert [item["TemplateId"] for item in read.items] == [f"T{n}" for n in range(count)]


@pytest.mark.parametrize("body_format", ["json", "xml"])
@pytest.mark.parametrize(
    ("mode", "variant"),
    [
        *((mode, variant) for mode in MODES for variant in ("bad_signature", "truncated")),
        *((mode, "wrong_appid") for mode in MODES if mode != "plain"),
    ],
)
def test_a_spoilt_push_is_refused(
    configure: Configure, *, mode: str, variant: Variant, body_format: str
) -> None:
    configure(wechat_appid="", wechat_secret="", wechat_push_mode=mode)
    ways = sandbox_options.changed(Options(), {"push_mode": mode, "push_format": body_format})
    event = Event("subscribe_msg_popup_event", "oOPENID", 1610969440)

    spoilt = delivery.write(event, State().app, ways, now=1610969441.0, variant=variant)

    with pytest.raises(PushRefused):
        push.parse(spoilt.body, spoilt.query, now=int(spoilt.query["timestamp"]))


async def test_the_sandbox_stands_in_where_nothing_is_set(sandbox: State) -> None:
    assert settings().uses_sandbox
    assert sandbox.app.appid == settings().wechat_appid
