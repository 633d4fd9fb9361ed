"""WeChat's wire, played by the smallest server that can misbehave; the strict one is `sandbox`."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from config.published import SANDBOX_APPID
from config.redis import redis
from config.settings import settings
from tests.wechat import pushes
from wechat import client

APPID = SANDBOX_APPID
SECRET = "appsecret0123456789abcdef"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Set settings by name for one test."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"YIKOU_{name.upper()}", value)
        settings.cache_clear()

    change(wechat_appid=APPID, wechat_secret=SECRET)
    yield change
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def safe_mode(configure: Configure) -> None:
    """An app whose pushes are sealed."""
    configure(
        wechat_push_token=pushes.TOKEN,
        wechat_push_aes_key=pushes.AES_KEY,
        wechat_push_mode="safe",
    )


@pytest.fixture
async def empty_redis() -> AsyncIterator[None]:
    """The run's real Redis with nothing in it."""
    await redis().flushdb()
    yield
    await redis().aclose()


@dataclass
class Call:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class WeChat:
    """Answers set by path; tokens are T1, T2, …, a new one after each `revoke`."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    generation: int = 1

    def on(self, path: str, answer: Answer | dict[str, Any]) -> None:
        """Answer `path` by a coroutine, or always with this JSON as text/plain."""

        async def fixed(_: web.Request) -> web.Response:
            return web.Response(text=json.dumps(answer), content_type="text/plain")

        self.answers[path] = answer if callable(answer) else fixed

    def revoke(self) -> None:
        """Let the present token die."""
        self.generation += 1

    def count(self, path: str) -> int:
        """How many requests came to `path`."""
        return sum(call.path == path for call in self.calls)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Note the request and answer it."""
        text = await request.text()
        self.calls.append(
            Call(
                method=request.method,
                path=request.path,
                query=dict(request.query),
                headers=dict(request.headers),
                body=json.loads(text) if text else None,
            )
        )
        if request.method == "POST" and "Content-Length" not in request.headers:
            return web.Response(status=412)
        if request.path == "/cgi-bin/stable_token" and request.path not in self.answers:
            return web.json_response({"access_token": self.token, "expires_in": 7200})
        if not request.path.startswith(("/sns/", "/cgi-bin/stable_token")):
            token = request.query.get("access_token")
            if token != self.token:
                text = f"invalid credential {token} rid: 6949fe38-0627ff0d-47df91c7"
                return web.json_response({"errcode": 40001, "errmsg": text})
        return await self.answers[request.path](request)

    @property
    def token(self) -> str:
        """The one valid token."""
        return f"T{self.generation}-of-a-length-like-the-real"


@pytest.fixture
async def server(configure: Configure, empty_redis: None) -> AsyncIterator[WeChat]:
    """A running server that the settings point to."""
    played = WeChat()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", played.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    configure(wechat_api_url=played.url)
    yield played
    await client.close()
    await runner.cleanup()
