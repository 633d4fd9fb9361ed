"""Answers of a server in trouble."""

import asyncio

from aiohttp import web


async def reset(request: web.Request) -> web.Response:
    """Break the connection after the request was processed."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def never(_: web.Request) -> web.Response:
    """Answer too late, whenever."""
    await asyncio.Event().wait()
    return web.Response()


async def html(_: web.Request) -> web.Response:
    """The page of a broken proxy, with status 200."""
    return web.Response(text="<html>502</html>", content_type="text/html")


async def broken(_: web.Request) -> web.Response:
    """The page of a broken proxy."""
    return web.Response(status=502, text="<html>502</html>", content_type="text/html")


async def truncated(_: web.Request) -> web.StreamResponse:
    """Half an answer."""
    return web.Response(text='{"errcode":0,"msg')


async def echoing(request: web.Request) -> web.Response:
    """A refusal that repeats all it was sent."""
    text = (
        f"invalid {request.query_string} {await request.text()} {' '.join(request.query.values())}"
    )
    return web.json_response({"errcode": 40003, "errmsg": text})
