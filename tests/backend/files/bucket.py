"""A bucket, and between it and us a proxy that does what stores and networks do wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import ClientSession, web

Fault = Callable[[web.Request], Awaitable[web.StreamResponse | None]]
# Of the server's owner; it takes every signature.
OWNER = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request,"
    " SignedHeaders=host, Signature=x"
}
_OF_THE_HOP = {"host", "content-length", "transfer-encoding", "connection", "date", "server"}


@dataclass
class Proxy:
    """Passes on what it is asked, unless the fault answers; `asked` are the methods."""

    http: ClientSession
    target: str
    url: str = ""
    fault: Fault | None = None
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What a client of the store gets."""
        self.asked.append(request.method)
        await request.read()
        if self.fault is not None and (faulty := await self.fault(request)) is not None:
            return faulty
        return await self.passed_on(request)

    async def passed_on(self, request: web.Request) -> web.Response:
        """The store's own answer."""
        async with self.http.request(
            request.method,
            f"{self.target}{request.raw_path}",
            data=await request.read(),
            headers=_end_to_end(request.headers.items()),
        ) as answer:
            body = await answer.read()
            headers = _end_to_end(answer.headers.items())
            if request.method == "HEAD":
                headers["Content-Length"] = answer.headers["Content-Length"]
            return web.Response(status=answer.status, body=body or None, headers=headers)


@dataclass
class Bucket:
    """A bucket of the server, looked at from behind."""

    name: str
    server: str
    proxy: Proxy
    http: ClientSession

    async def lying(self, key: str) -> bytes | None:
        """What lies there under our key."""
        async with self.http.get(self._url(key), headers=OWNER) as answer:
            return await answer.read() if answer.status == 200 else None

    async def lose(self, key: str) -> None:
        """What a broken disk of the store does."""
        async with self.http.delete(self._url(key), headers=OWNER) as answer:
            assert answer.status == 204

    def _url(self, key: str) -> str:
        return f"{self.server}/{self.name}/yikou/{key}"


@contextlib.asynccontextmanager
async def between(http: ClientSession, target: str) -> AsyncIterator[Proxy]:
    """A proxy before this server, until the end of the block."""
    proxy, app = Proxy(http, target), web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", proxy.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield proxy
    await runner.cleanup()


def refusing(status: int, code: str) -> Fault:
    """Answer as S3 does when it refuses."""

    async def fault(_request: web.Request) -> web.StreamResponse:
        text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>-</Message></Error>"
        return web.Response(status=status, text=text, content_type="application/xml")

    return fault


async def silent(_request: web.Request) -> web.StreamResponse:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError("an event that nobody sets")


async def forgetful(request: web.Request) -> web.StreamResponse | None:
    """Say that it is stored, and forget it."""
    return web.Response(headers={"ETag": '"e"'}) if request.method == "PUT" else None


async def reset(request: web.Request) -> web.StreamResponse:
    """Break off before any answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut(request: web.Request) -> web.StreamResponse:
    """Begin an answer, and break off in the midst of it."""
    answer = web.StreamResponse(headers={"Content-Length": "1000", "ETag": '"e"'})
    await answer.prepare(request)
    await answer.write(b"x" * 500)
    assert request.transport is not None
    request.transport.abort()
    return answer


def at_first(fault: Fault, *, times: int = 1) -> Fault:
    """Do it so often and then no more."""
    left = times

    async def passing(request: web.Request) -> web.StreamResponse | None:
        nonlocal left
        left -= 1
        return await fault(request) if left >= 0 else None

    return passing


def _end_to_end(headers: object) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in _OF_THE_HOP}  # type: ignore[attr-defined]
