"""An identity service that answers as it is told, well or badly."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from config.settings import settings

Play = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """One question as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Authority:
    """Where the settings look for the service; `play` answers, at first that all match."""

    asked: list[Asked] = field(default_factory=list)
    play: Play | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Note the question and answer it."""
        body = orjson.loads(await request.read())
        self.asked.append(Asked(request.method, request.path, dict(request.headers), body))
        return await (self.play or checked())(request)


def checked(result: str = "match", **changes: object) -> Play:
    """An answer of the contract, with changes."""

    async def play(request: web.Request) -> web.Response:
        asked = orjson.loads(await request.read())
        answer = {
            "request_id": asked["request_id"],
            "result": result,
            "provider": "test",
            "provider_ref": "r-1",
            "checked_at": "2026-11-26T10:15:00+08:00",
            "billed": True,
        }
        return web.json_response(answer | changes)

    return play


def refused(status: int, kind: str, **more: object) -> Play:
    """A refusal of the contract."""

    async def play(_: web.Request) -> web.Response:
        return web.json_response({"error": {"class": kind} | more}, status=status)

    return play


def raw(
    content: bytes | str,
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Play:
    """Whatever else a server may send."""

    async def play(_: web.Request) -> web.Response:
        body = content.encode() if isinstance(content, str) else content
        return web.Response(body=body, status=status, content_type=media_type, headers=headers)

    return play


async def never(_: web.Request) -> web.Response:
    """Too late, whenever."""
    await asyncio.Event().wait()
    return web.Response()


async def cut(request: web.Request) -> web.Response:
    """The question was taken, and the connection breaks."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Authority]:
    """A running one, until the end of the block."""
    authority = Authority()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", authority.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings().sandbox_port).start()
    try:
        yield authority
    finally:
        await runner.cleanup()
