"""How a connection or a proxy fails, whoever is behind it."""

import socket
import struct

from aiohttp import web

BROKEN = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


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
