"""No failure tells a secret, a token, a code or whom it was about."""

import contextlib
import logging
import socket
import traceback
from collections.abc import Iterator

import pytest

from config.settings import WECHAT_API
from tests.wechat.answers import broken, echoing, html, never, reset, truncated
from tests.wechat.conftest import SECRET, Answer, Configure, WeChat
from wechat.client import Client
from wechat.errcodes import WeChatError, WeChatUnavailable

SEND = "/cgi-bin/message/subscribe/send"
LOGIN = "/sns/jscode2session"
CODE = "0a1LoginCode"
OPENID = "oOPENIDofSomebody"


@pytest.mark.parametrize("answer", [echoing, reset, html, broken, truncated, never, None])
async def test_no_failure_tells_a_secret(
    server: WeChat,
    caplog: pytest.LogCaptureFixture,
    configure: Configure,
    answer: Answer | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    if answer is None:
        configure(wechat_api_url="http://127.0.0.1:1")
    else:
        for path in (LOGIN, SEND, "/cgi-bin/stable_token"):
            server.on(path, answer)
    told: list[str] = []
    async with contextlib.aclosing(Client(seconds=0.3)) as asker:
        for ask in (
            asker.wxa.code_to_session(CODE),
            asker.post(WECHAT_API + SEND, data={"touser": OPENID, "data": {"name1": "张三"}}),
        ):
            with pytest.raises(WeChatError) as caught:
                await ask
            told += texts_of(caught.value)

    for private in (SECRET, server.token, CODE, OPENID, "张三", "access_token="):
        assert not any(private in text for text in [*told, caplog.text]), private


def texts_of(error: BaseException | None) -> Iterator[str]:
    """All that an exception and those behind it could print."""
    yield "".join(traceback.format_exception(error))
    while error is not None:
        yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
        error = error.__cause__ or error.__context__


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port whose queue is full, so that connecting to it never ends."""
    with contextlib.ExitStack() as sockets:
        deaf = sockets.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        yield deaf.getsockname()[1]


async def test_a_connection_that_never_comes_about_tells_no_secret(
    configure: Configure, deaf_port: int
) -> None:
    configure(wechat_api_url=f"http://127.0.0.1:{deaf_port}")

    async with contextlib.aclosing(Client(seconds=0.3)) as asker:
        with pytest.raises(WeChatUnavailable) as caught:
            await asker.wxa.code_to_session(CODE)

    assert not caught.value.ambiguous
    assert not any(SECRET in text or CODE in text for text in texts_of(caught.value))
