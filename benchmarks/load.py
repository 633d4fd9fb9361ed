"""The load: a fixed number of clients, each asking its next question when the last is answered.

A lean HTTP/1.1 client on raw sockets, the same for all servers: it must cost far less than they do.
"""

import asyncio
import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

_PATIENCE = 20.0
_SHOWN = 400


class LoadFailed(Exception):
    """The server closed a connection, gave no length, or did not answer in time."""


@dataclass
class Tally:
    """What came of one load; `refusal` is the first answer that was not 2xx.

    `waits` is how many seconds each answer took, in no order.
    """

    answered: int = 0
    refused: int = 0
    seconds: float = 0.0
    refusal: str = ""
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds if self.seconds else 0.0


@dataclass
class _Load:
    """One load while it runs."""

    requests: Iterator[bytes]
    done: asyncio.Future[None]
    tally: Tally = field(default_factory=Tally)
    busy: int = 0
    over: bool = False


class _Client(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, load: _Load) -> None:
        self._load = load
        self._read = b""
        self._asked = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class

    def ask(self) -> None:
        """Send the next request, or end when the time or the requests are over."""
        load = self._load
        request = None if load.over else next(load.requests, None)
        if request is not None:
            self._asked = time.perf_counter()
            self._transport.write(request)
            return
        load.busy -= 1
        if load.busy == 0 and not load.done.done():
            load.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        data = self._read + data if self._read else data
        end = data.find(b"\r\n\r\n")
        if end < 0 or len(data) < end + 4 + _length(data[:end]):
            self._read = data
            return
        self._read = b""
        tally = self._load.tally
        tally.waits.append(time.perf_counter() - self._asked)
        if data[9:10] == b"2":
            tally.answered += 1
        else:
            tally.refused += 1
            tally.refusal = tally.refusal or data[:_SHOWN].decode(errors="replace")
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._load.done.done():
            self._load.done.set_exception(LoadFailed(f"a connection was closed: {exc}"))


async def press(port: int, requests: Iterator[bytes], *, clients: int, seconds: float) -> Tally:
    """Ask the server on this port until the time or the requests are over; raises LoadFailed."""
    loop = asyncio.get_running_loop()
    load = _Load(requests, loop.create_future())
    opened = [
        await loop.create_connection(lambda: _Client(load), "127.0.0.1", port)
        for _ in range(clients)
    ]
    load.busy = clients
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter()
        for _, client in opened:
            client.ask()
        loop.call_later(seconds, setattr, load, "over", True)
        async with asyncio.timeout(seconds + _PATIENCE):
            await load.done
        load.tally.seconds = time.perf_counter() - started
    except TimeoutError:
        raise LoadFailed(f"no answer for {_PATIENCE:.0f} seconds") from None
    finally:
        gc.enable()
        if not load.done.done():
            load.done.cancel()
        for transport, _ in opened:
            transport.close()
    return load.tally


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    if at < 0:
        if head[9:12] in {b"204", b"304"}:
            return 0
        raise LoadFailed("an answer has no Content-Length")
    return int(lowered[at + 15 :].split(b"\r\n", 1)[0])


async def ask(port: int, request: bytes) -> bytes:
    """The body of one answer; raises LoadFailed with the answer if it is not 2xx."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
    finally:
        writer.close()
    if head[9:10] != b"2":
        raise LoadFailed((head + body)[:_SHOWN].decode(errors="replace"))
    return body
