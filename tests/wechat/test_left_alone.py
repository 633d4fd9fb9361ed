"""A WeChat in trouble, or slow, is left alone for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from config import breaker
from config.breaker import PAUSE_SECONDS
from tests.wechat.answers import broken, never, reset
from tests.wechat.asking import CODE, LOGIN, OPENID, SEND, SENT, log_in, send
from tests.wechat.conftest import Answer, WeChat
from wechat import client as wechat_client
from wechat import operations
from wechat.client import FAILURES, Client
from wechat.errcodes import PHONE_NUMBER, NotAsked, WeChatError, WeChatUnavailable


async def test_a_server_that_hangs_is_asked_once_in_five_seconds(
    server: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = 0.0
    monkeypatch.setattr(breaker, "monotonic", lambda: later)
    server.on(LOGIN, never)
    impatient = Client(seconds=0.3)

    async def crowd(size: int) -> list[object]:
        asks = (impatient.wxa.code_to_session(CODE) for _ in range(size))
        ended: list[object] = await asyncio.gather(*asks, return_exceptions=True)
        return ended

    await crowd(FAILURES)
    assert server.count(LOGIN) == FAILURES

    for error in await crowd(50):
        assert isinstance(error, NotAsked)
        assert not error.ambiguous
    assert server.count(LOGIN) == FAILURES
    later += PAUSE_SECONDS
    assert len([error for error in await crowd(50) if not isinstance(error, NotAsked)]) == 1
    assert server.count(LOGIN) == FAILURES + 1

    server.on(LOGIN, {"errcode": 40029, "errmsg": "invalid code"})
    later += PAUSE_SECONDS
    await crowd(1)
    errors = await crowd(50)
    assert not [error for error in errors if isinstance(error, NotAsked)]
    await impatient.aclose()


async def test_who_waits_for_slow_answers_is_spared_while_messages_are_sent(
    server: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slowly(_: web.Request) -> web.Response:
        await asyncio.sleep(0.5)
        return web.json_response(SENT)

    server.on(SEND, SENT)
    await send()  # so that there is a token
    await wechat_client.close()
    monkeypatch.setattr(wechat_client, "WAITED_SECONDS", 0.1)
    for path in (LOGIN, PHONE_NUMBER, SEND):
        server.on(path, slowly)
    asks: list[Callable[[], Awaitable[object]]] = [
        log_in,
        lambda: operations.phone_number(OPENID, CODE),
    ]
    for ask in asks:
        for _ in range(FAILURES):
            with pytest.raises(WeChatUnavailable, match="no answer in time"):
                await ask()
        with pytest.raises(NotAsked):
            await ask()

    assert await send()
    await wechat_client.close()


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (broken, FAILURES),
        (reset, FAILURES),
        ({"errcode": -1, "errmsg": "system error"}, FAILURES),
        ({"errcode": 43101, "errmsg": "user refuse to accept the msg"}, 12),
        ({"errcode": 45009, "errmsg": "reach max api daily quota limit"}, 12),
    ],
)
async def test_only_a_server_in_trouble_is_left_alone(
    server: WeChat, answer: Answer | dict[str, Any], asked: int
) -> None:
    server.on(SEND, answer)
    for _ in range(12):
        with pytest.raises(WeChatError):
            await send()

    assert server.count(SEND) == asked
    assert operations.sends_permitted(9) == (0 if asked == FAILURES else 9)


async def test_a_token_that_cannot_be_had_is_left_alone_like_what_needs_it(server: WeChat) -> None:
    server.on("/cgi-bin/stable_token", broken)
    server.on(LOGIN, {"openid": OPENID})
    for _ in range(FAILURES):
        with pytest.raises(WeChatUnavailable):
            await send()

    with pytest.raises(NotAsked):
        await send()

    assert server.count("/cgi-bin/stable_token") == FAILURES
    assert await log_in() == operations.LoginIdentity(OPENID, None)
