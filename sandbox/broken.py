"""How a connection or a proxy fails, whoever is behind it."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.faults import Kind
from sandbox.state import State

BROKEN = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"

Respond = Callable[[Kind | None], Awaitable[web.StreamResponse]]


async def answer(
    request: web.Request, state: State, name: str, respond: Respond
) -> web.StreamResponse:
    """What `respond` answers, or what the next fault that is set for `name` makes of it.

    `respond` is told the fault, for those that the server itself answers.
    """
    fault = state.faults.take(name)
    if fault is None:
        return await respond(None)
    state.stats.faults[fault.kind] += 1
    if fault.kind == "http_500":
        state.stats.calls[name]["http_500"] += 1
        return gateway_error()
    if fault.kind == "reset_before":
        return reset(request)
    response = await respond(fault.kind)
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    return reset(request) if fault.kind == "reset_after" else response


def gateway_error() -> web.Response:
    """The page of a broken proxy."""
    return web.Response(status=500, text=BROKEN, content_type="text/html")


def reset(request: web.Request) -> web.Response:
    """Break the connection, so that the caller sees a reset instead of an answer."""
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()
