"""The sandbox where our settings look for WeChat, with its events coming back to us."""

import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from backend.messages import pushes
from config import clock
from config.settings import settings
from notifications.channels.sms import reports
from notifications.sending import delivery
from sandbox import server
from sandbox.state import State
from tests.sandbox.calls import WeChat
from wechat import push


async def _take_reports(request: web.Request) -> web.Response:
    await reports.take(reports.parse(await request.read()), now=clock.now())
    return web.json_response({"code": 0, "msg": "接收成功"})


async def _take(request: web.Request) -> web.Response:
    await pushes.take(
        push.parse(await request.read(), request.query, now=time.time()), now=clock.now()
    )
    return web.Response(text="success")


@pytest.fixture
async def push_url() -> AsyncIterator[str]:
    """Where WeChat's events are taken as `/wechat/push` takes them."""
    app = web.Application()
    app.router.add_post("/wechat/push", _take)
    app.router.add_post("/sms/reports", _take_reports)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/wechat/push"
    await runner.cleanup()


@pytest.fixture
async def wechat(database: None, push_url: str) -> AsyncIterator[WeChat]:
    state = State(push_url=push_url)
    runner, url = await server.start(state, host="127.0.0.1", port=settings().sandbox_port)
    async with ClientSession() as session:
        yield WeChat(url, session)
    # A worker asks every channel, and so opens the client of each.
    await delivery.close()
    await runner.cleanup()
