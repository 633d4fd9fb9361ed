"""A sandbox on a free port, somebody who calls it, and a server that takes its pushes."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from sandbox import server
from sandbox.state import State
from tests.sandbox.calls import Receiver, WeChat


@pytest.fixture
async def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def push_url(receiver: Receiver) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/wechat/push", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/wechat/push"
    await runner.cleanup()


@pytest.fixture
async def wechat(push_url: str) -> AsyncIterator[WeChat]:
    runner, url = await server.start(State(push_url=push_url), host="127.0.0.1", port=0)
    async with ClientSession() as session:
        yield WeChat(url, session)
    await runner.cleanup()
