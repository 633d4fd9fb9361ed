"""An answer that goes on: events are written to the connection as they happen, until it ends."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from sanic import Request
from sanic.response import HTTPResponse

MEDIA = "text/event-stream"
# Some hundred events: who takes no more for so long reads too slowly, and is cut off.
MOST_UNSENT = 64 * 1024
# For the other side to confirm what was sent.
CONFIRM_SECONDS = 60
# Or a proxy in between would gather the events.
HEADERS = {"X-Accel-Buffering": "no"}


class Stream:
    """The way to one client; what is sent is not waited for, so that one reads for thousands."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def send(self, data: bytes) -> bool:
        """Write one piece (RFC 9112, 7.1); False where nobody takes it any more, or too slowly."""
        if self._transport.is_closing():
            return False
        self._transport.write(b"%x\r\n%b\r\n" % (len(data), data))
        if self._transport.get_write_buffer_size() <= MOST_UNSENT:
            return True
        self._transport.abort()
        return False

    def end(self) -> None:
        """Let the stream come to its end."""
        if not self._over.done():
            self._over.set_result(None)

    async def over(self) -> None:
        """Wait for that end."""
        await self._over


Flow = Callable[[Stream], Awaitable[None]]
"""What sends the events; the answer ends when it returns."""


async def sent(request: Request, response: HTTPResponse) -> HTTPResponse | None:
    """The response, or None where the request has a flow: once that has sent all behind its head.

    It holds no place in work, and has no time in which to be done.
    """
    flow: Flow | None = getattr(request.ctx, "flow", None)
    if flow is not None:
        await _run(request, response, flow)
        return None
    return response


async def _run(request: Request, response: HTTPResponse, flow: Flow) -> None:
    stream: Any = request.stream  # Sanic's type names only its response side
    connection = stream.protocol
    stream.keep_alive = False
    head: Any = await request.respond(
        status=response.status, headers={**response.headers, **HEADERS}, content_type=MEDIA
    )
    await head.send(b":\n\n")
    connection.streaming = True
    _notice_silence(connection.transport)
    await flow(Stream(connection.transport))


def _notice_silence(transport: asyncio.Transport) -> None:
    """Hear of a client that has vanished: the kernel would try for a quarter of an hour."""
    line = transport.get_extra_info("socket")
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None and line is not None:
        line.setsockopt(socket.IPPROTO_TCP, option, CONFIRM_SECONDS * 1000)
