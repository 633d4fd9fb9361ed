"""A web process that is told to end says so first, and cuts nobody off."""

import asyncio
import signal
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.launcher.test_web import Web, web  # noqa: F401 - the fixture

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")
CLIENTS = 16
LOOK_SECONDS = 0.2
BEHIND_A_BALANCER = {"drain_seconds": "2"}


@pytest.mark.parametrize("web", [BEHIND_A_BALANCER], indirect=True)
async def test_nobody_behind_a_balancer_meets_a_reset(web: Web) -> None:  # noqa: F811
    resets: list[str] = []
    answered = 0
    leaving = asyncio.Event()

    async def balancer() -> None:
        async with ClientSession(timeout=ClientTimeout(5)) as http:
            while True:
                async with http.get(f"{web.url}/readyz") as answer:
                    if answer.status == 503:
                        assert (await answer.json())["status"] == "draining"
                        leaving.set()
                        return
                await asyncio.sleep(LOOK_SECONDS)

    async def client() -> None:
        nonlocal answered
        async with ClientSession(timeout=ClientTimeout(5)) as http:
            while not leaving.is_set():
                try:
                    async with http.get(f"{web.url}/healthz") as answer:
                        await answer.read()
                        answered += 1
                except ClientError as error:
                    resets.append(repr(error))

    async with asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(client())
        group.create_task(balancer())
        await asyncio.sleep(LOOK_SECONDS)
        web.process.send_signal(signal.SIGTERM)

    assert await asyncio.to_thread(web.process.wait, 30) == 0
    assert answered > CLIENTS
    assert resets == []
