"""Connections that take their time are ended, and too many of them are not let in."""

import asyncio
from collections.abc import AsyncIterator
from itertools import repeat

import pytest

from backend.http import addresses, protocol
from config.settings import settings
from miniprogram_api.endpoints import session
from tests.serving import Served, served

ANSWERED_SECONDS = 5
HEAD = b"POST /api/v1/auth/refresh HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
async def api(database: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """Endpoints whose connections have less patience than usual."""
    monkeypatch.setattr(protocol, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 0.5)
    async with served([session.routes], REQUEST_TIMEOUT=0.5, KEEP_ALIVE_TIMEOUT=0.5) as api:
        yield api


async def connect(api: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(api.url.rpartition(":")[2]))


async def dribble(writer: asyncio.StreamWriter, what: bytes) -> None:
    for byte in repeat(what):
        writer.write(byte)
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("start", "more", "heard"),
    [
        (HEAD, b"x", b"HTTP/1.1 408 "),
        (b"", b"", b""),
        (HEAD + b"Content-Length: 9\r\n\r\n{}       ", b"", b"HTTP/1.1 "),
        (HEAD + b"Content-Length: 1000000\r\n\r\n", b"x", b"HTTP/1.1 413 "),
    ],
    ids=["a slow head", "a silent one", "an idle one", "a refused body that dribbles"],
)
async def test_it_is_ended(start: bytes, more: bytes, heard: bytes, api: Served) -> None:
    reader, writer = await connect(api)
    writer.write(start)
    dribbling = asyncio.get_running_loop().create_task(dribble(writer, more))
    answer = b""
    try:
        async with asyncio.timeout(30):
            while piece := await reader.read(4096):
                answer += piece
    except ConnectionResetError:
        pass
    finally:
        dribbling.cancel()
        writer.close()

    assert answer.startswith(heard)


def test_who_was_answered_is_not_waited_for_long() -> None:
    # The rest of a request; it took twice as long.
    assert protocol.LINGER_SECONDS + protocol.LOOK_SECONDS <= ANSWERED_SECONDS


@pytest.mark.parametrize("bound", ["YIKOU_CONNECTIONS", "YIKOU_CONNECTIONS_PER_ADDRESS"])
async def test_one_too_many_is_cut_and_a_place_comes_free(
    bound: str, api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(bound, "1")
    monkeypatch.setenv("YIKOU_RATE_LIMITS", "on")
    settings.cache_clear()
    try:
        first, writer = await connect(api)
        writer.write(HEAD + b"Content-Length: 2\r\n\r\n{}")
        await first.readuntil(b"\r\n\r\n")
        second, second_writer = await connect(api)
        assert await _ended(second)
        second_writer.close()

        writer.close()
        await writer.wait_closed()
        async with asyncio.timeout(30):
            while True:
                third, third_writer = await connect(api)
                third_writer.write(HEAD + b"Content-Length: 2\r\n\r\n{}")
                if not await _ended(third):
                    break
        third_writer.close()
    finally:
        monkeypatch.undo()
        settings.cache_clear()


async def _ended(reader: asyncio.StreamReader) -> bool:
    try:
        return not await reader.read(1)
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:somewhere", "unix:somewhere"),
        ("", ""),
    ],
)
def test_an_ipv6_address_counts_by_its_network(address: str, network: str) -> None:
    assert addresses.of_peer(address) == network
