"""Endpoints served in the test's own process, on its database, with WeChat beside them."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from contextvars import Context
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import ClientResponse, ClientSession, FormData
from sanic import Sanic
from sanic.touchup import TouchUp

from backend.http.answers import REPLAYED
from backend.http.app import App, build_app
from backend.http.protocol import Connection
from backend.http.routes import Routes
from miniprogram_api.server import GROUPS
from tests import answers, phones
from tests.phones import Phones

_number = count(1)


@dataclass
class Heard:
    """An answer: JSON decoded, anything else as bytes, None without a body."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """A problem's code."""
        return str(self.body["code"])


@dataclass
class Served:
    """A running app and the phones of those who use it."""

    url: str
    http: ClientSession
    phones: Phones

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str
    ) -> Heard:
        """Call an endpoint; `body` is JSON, or a form."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = {"data": body} if isinstance(body, FormData) else {"json": body}
        async with self.http.request(
            method, f"{self.url}{path}", headers=headers, **content
        ) as response:
            raw = await response.read()
            _compare(method, path, response, raw)
            json = "json" in response.headers.get("Content-Type", "")
            heard = (await response.json(content_type=None)) if json else raw or None
            return Heard(response.status, heard, dict(response.headers))


def _compare(method: str, path: str, response: ClientResponse, raw: bytes) -> None:
    """Fail where one of our own endpoints answers what the description does not say.

    An answer given once more was compared the first time; some tests make theirs up.
    """
    document = answers.described(answers.HERE)
    operation = answers.operation_of(document, method, path.partition("?")[0])
    if operation is None or REPLAYED in response.headers:
        return
    answers.compare(
        operation,
        answers.HERE,
        status=response.status,
        headers=response.headers,
        body=raw,
        place=f"{method} {path} {response.status}: {raw[:500]!r}",
    )


@dataclass
class _App:
    """An app that listens, and what ends it."""

    app: App
    server: Any
    port: int

    @classmethod
    async def start(cls, groups: Sequence[Routes], config: dict[str, float]) -> "_App":
        """Build and serve it."""
        Sanic.test_mode = True
        app = build_app(f"test-{next(_number)}", groups)
        app.config.update(config)
        listening = socket.create_server(("127.0.0.1", 0))
        server: Any = await app.create_server(
            sock=listening, return_asyncio_server=True, protocol=Connection
        )
        await server.startup()
        # For its first app Sanic reads and rewrites methods of its own classes; again is the same.
        TouchUp._registry.clear()  # noqa: SLF001 - it has no switch that leaves the rest as it serves
        await server.before_start()
        await server.after_start()
        return cls(app, server, listening.getsockname()[1])

    async def stop(self) -> None:
        """Serve no more."""
        await self.server.before_stop()
        await self.server.close()
        await self.server.after_stop()
        Sanic.unregister_app(self.app)


_kept: dict[tuple[Routes, ...], _App] = {}


@contextlib.asynccontextmanager
async def served(groups: Sequence[Routes], **config: float) -> AsyncIterator[Served]:
    """These endpoints, until the end of the block; `config` is Sanic's.

    The product's own are served on for the next tests: to build their router anew for each takes
    longer than most of what is asked.
    """
    lasting = not config and all(group in GROUPS for group in groups)
    if not (app := _kept.get(tuple(groups)) if lasting else None):
        # In a context of its own, for that of this test knows the pool that is open now.
        loop = asyncio.get_running_loop()
        app = await loop.create_task(_App.start(groups, config), context=Context())
    if lasting:
        _kept[tuple(groups)] = app
    try:
        async with phones.connected() as tapping, ClientSession() as http:
            yield Served(f"http://127.0.0.1:{app.port}", http, tapping)
    finally:
        if not lasting:
            await app.stop()


async def stop() -> None:
    """Stop what is served on."""
    while _kept:
        await _kept.popitem()[1].stop()
