"""A web process that is told to end says so first, and cuts nobody off."""

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.launcher.test_web import PATIENCE, Web, web  # noqa: F401 - the fixture

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")
CLIENTS = 16
LOOK_SECONDS = 0.2
# Many looks, also of a balancer on a machine that stalls.
BEHIND_A_BALANCER = {"drain_seconds": "6"}


@pytest.mark.parametrize("web", [BEHIND_A_BALANCER], indirect=True)
async def test_nobody_behind_a_balancer_meets_a_reset(web: Web) -> None:  # noqa: F811
    resets: list[str] = []
    answered = 0
    leaving = asyncio.Event()

    async def balancer() -> None:
        async with ClientSession(timeout=ClientTimeout(30)) as http:
            while True:
                async with http.get(f"{web.url}/readyz") as answer:
                    if answer.status == 503:
                        assert (await answer.json())["status"] == "draining"
                        leaving.set()
                        return
                await asyncio.sleep(LOOK_SECONDS)

    async def client() -> None:
        nonlocal answered
        async with ClientSession(timeout=ClientTimeout(30)) as http:
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

    assert await asyncio.to_thread(web.process.wait, PATIENCE) == 0
    assert answered > CLIENTS
    assert resets == []
    web.ended_in_order()


async def test_without_a_balancer_one_of_two_leaves_unnoticed(web: Web) -> None:  # noqa: F811
    leaving = web.serving()[0]
    failures: list[str] = []
    answered = Counter[bool]()

    async def client() -> None:
        connector = TCPConnector(force_close=True)
        async with ClientSession(timeout=ClientTimeout(30), connector=connector) as http:
            while answered[True] < CLIENTS * 10:
                try:
                    async with http.get(f"{web.url}/healthz") as answer:
                        await answer.read()
                        answered[leaving not in web.serving()] += 1
                except ClientConnectorError:
                    # The kernel resets who comes between our last look into the queue and its
                    # end. Nothing was sent, so any client connects again.
                    continue
                except ClientError as error:
                    failures.append(repr(error))

    async with asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(client())
        await asyncio.sleep(LOOK_SECONDS)
        os.kill(leaving, signal.SIGTERM)

    assert failures == []
    assert len(web.serving()) == 2
    assert " / stopped with status 0; starting it again." in web.output.read_text()


async def test_a_request_in_flight_is_answered(web: Web) -> None:  # noqa: F811
    port = int(web.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
    await writer.drain()
    web.process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(web.until, lambda: not web.answers("/healthz"))

    writer.write(b"\r\n")
    answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer.lower()
    assert await asyncio.to_thread(web.process.wait, PATIENCE) == 0
