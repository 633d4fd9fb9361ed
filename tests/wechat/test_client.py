"""The client on the wire: what it sends, what it makes of odd answers, what it never repeats."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from config.settings import WECHAT_API, settings
from tests.wechat.answers import broken, html, never, reset, truncated
from tests.wechat.asking import CODE, LOGIN, OPENID, SEND, SENT, log_in, send
from tests.wechat.conftest import SECRET, Answer, Configure, WeChat
from wechat import client as wechat_client
from wechat import operations
from wechat.client import Client
from wechat.errcodes import Reaction, WeChatError, WeChatUnavailable


async def test_a_post_has_a_length_the_token_and_raw_chinese(server: WeChat) -> None:
    server.on(SEND, SENT)

    assert await send() == "2589480923856076802"

    call = server.calls[-1]
    assert call.query == {"access_token": server.token}
    assert "Transfer-Encoding" not in call.headers
    assert int(call.headers["Content-Length"]) > 0
    assert call.body["data"] == {"thing1": {"value": "居住证明"}}
    assert server.count("/cgi-bin/stable_token") == 1
    assert server.calls[0].body == {
        "grant_type": "client_credential",
        "appid": settings().wechat_appid,
        "secret": SECRET,
        "force_refresh": False,
    }


async def test_the_login_needs_no_token(server: WeChat) -> None:
    server.on(LOGIN, {"openid": OPENID, "session_key": "c2VjcmV0\\/"})

    identity = await operations.code_to_session(CODE)

    assert identity == operations.LoginIdentity(OPENID, None)
    assert [call.path for call in server.calls] == [LOGIN]
    assert "access_token" not in server.calls[0].query


async def test_a_revoked_token_is_replaced_and_the_request_repeated_once(server: WeChat) -> None:
    server.on(SEND, SENT)
    await send()
    server.revoke()

    await asyncio.gather(*(send() for _ in range(20)))

    assert server.count("/cgi-bin/stable_token") == 2


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_token_that_stays_refused_ends_the_matter(server: WeChat, errcode: int) -> None:
    server.on(SEND, {"errcode": errcode, "errmsg": "invalid credential"})

    with pytest.raises(WeChatError) as caught:
        await send()

    assert caught.value.reaction is Reaction.REFRESH_TOKEN
    assert server.count(SEND) == 2
    assert server.count("/cgi-bin/stable_token") == 2


@pytest.mark.parametrize("errcode", [43101, 47003, 40003, 40037, -1, 45011])
async def test_other_refusals_are_not_repeated(server: WeChat, errcode: int) -> None:
    server.on(SEND, {"errcode": str(errcode), "errmsg": "text"})

    with pytest.raises(WeChatError) as caught:
        await send()

    assert caught.value.errcode == errcode
    assert server.count(SEND) == 1


async def test_a_wrong_secret_is_a_matter_of_configuration(server: WeChat) -> None:
    server.on("/cgi-bin/stable_token", {"errcode": 40001, "errmsg": "invalid credential"})

    with pytest.raises(WeChatError) as caught:
        await send()

    assert caught.value.reaction is Reaction.CONFIGURATION
    assert server.count(SEND) == 0


@pytest.mark.parametrize("answer", [reset, html, broken, truncated])
@pytest.mark.parametrize(("path", "ask"), [(SEND, send), (LOGIN, log_in)])
async def test_a_request_that_may_have_been_carried_out_is_sent_only_once(
    server: WeChat, answer: Answer, path: str, ask: Callable[[], Awaitable[object]]
) -> None:
    server.on(path, answer)

    with pytest.raises(WeChatUnavailable) as caught:
        await ask()

    assert caught.value.ambiguous
    assert server.count(path) == 1


@pytest.mark.parametrize("answer", [reset, html, broken, truncated, {"access_token": ""}])
async def test_a_failed_token_leaves_no_doubt_about_the_request(
    server: WeChat, answer: Answer | dict[str, str]
) -> None:
    server.on("/cgi-bin/stable_token", answer)

    with pytest.raises(WeChatUnavailable) as caught:
        await send()

    assert not caught.value.ambiguous
    assert server.count(SEND) == 0


async def test_half_a_character_breaks_no_request(server: WeChat) -> None:
    server.on(LOGIN, {"errcode": 40029, "errmsg": "invalid code"})
    server.on("/wxa/business/getuserphonenumber", {"errcode": 40029, "errmsg": "invalid code"})

    for ask in (
        operations.code_to_session("\ud800code"),
        operations.phone_number("openid", "\ud800code"),
    ):
        with pytest.raises(WeChatError) as caught:
            await ask
        assert caught.value.reaction is Reaction.NEW_CODE


async def test_an_answer_without_an_openid_is_no_login(server: WeChat) -> None:
    server.on(LOGIN, {"session_key": "c2VjcmV0"})

    with pytest.raises(WeChatUnavailable, match="no openid"):
        await log_in()


@pytest.mark.parametrize("path", ["/sns/jscode2session", SEND])
async def test_an_answer_that_does_not_come_is_not_waited_for(server: WeChat, path: str) -> None:
    server.on(path, never)
    impatient = Client(seconds=0.3)

    with pytest.raises(WeChatUnavailable) as caught:
        await impatient.get(WECHAT_API + path)

    assert caught.value.ambiguous
    assert server.count(path) == 1
    await impatient.aclose()


async def test_a_request_that_never_left_is_not_ambiguous(configure: Configure) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        configure(wechat_api_url=f"http://127.0.0.1:{closed.getsockname()[1]}")
        lonely = Client()

        with pytest.raises(WeChatUnavailable) as caught:
            await lonely.wxa.code_to_session(CODE)

    assert not caught.value.ambiguous
    await lonely.aclose()


async def test_a_client_error_of_http_was_not_carried_out(server: WeChat) -> None:
    async def precondition_failed(_: web.Request) -> web.Response:
        return web.Response(status=412)

    server.on(SEND, precondition_failed)

    with pytest.raises(WeChatUnavailable, match="HTTP 412") as caught:
        await send()

    assert not caught.value.ambiguous


async def test_a_redirect_is_not_followed_with_our_secrets(server: WeChat) -> None:
    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound("/elsewhere")

    server.on(LOGIN, elsewhere)

    with pytest.raises(WeChatUnavailable, match="HTTP 302"):
        await log_in()

    assert server.count("/elsewhere") == 0


async def test_each_event_loop_has_one_client(configure: Configure) -> None:
    async def other_loop() -> Client:
        other = wechat_client.client()
        await wechat_client.close()
        return other

    mine = wechat_client.client()

    assert wechat_client.client() is mine
    assert await asyncio.to_thread(lambda: asyncio.run(other_loop())) is not mine
    await wechat_client.close()
    assert wechat_client.client() is not mine
    await wechat_client.close()
