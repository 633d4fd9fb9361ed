"""The phones of made-up people, on which they tap in WeChat."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import ClientSession

from backend.identity import identity_check
from config.settings import settings
from sandbox import server
from sandbox.state import State
from wechat import client


@dataclass
class Phones:
    """The sandbox's control calls."""

    url: str
    http: ClientSession

    async def code(self, user: str, *, kind: str = "login", **more: str) -> str:
        """What wx.login or the getPhoneNumber button would give."""
        answer = await self._post("codes", {"user": user, "kind": kind, **more})
        return str(answer["code"])

    async def openid(self, user: str) -> str:
        """How the mini-program knows this user."""
        return str((await self._post("codes", {"user": user}))["openid"])

    async def fault(self, path: str, kind: str, *, times: int = 1) -> None:
        """Have the next calls of this path go wrong."""
        await self._post("faults", {"path": path, "kind": kind, "times": times})

    async def person(self, name: str, id_number: str) -> None:
        """Have the identity authority know somebody."""
        await self._post("persons", {"name": name, "id_number": id_number})

    async def option(self, **changes: object) -> None:
        """Change how the sandbox behaves."""
        await self._post("options", changes)

    async def asked(self, path: str) -> int:
        """How many calls of this path came in."""
        async with self.http.get(f"{self.url}/_control/stats") as response:
            calls: dict[str, int] = (await response.json())["calls"].get(path, {})
            return sum(calls.values())

    async def advance(self, seconds: int) -> None:
        """Let time pass for WeChat."""
        await self._post("clock", {"advance_seconds": seconds})

    async def _post(self, call: str, body: dict[str, object]) -> dict[str, object]:
        async with self.http.post(f"{self.url}/_control/{call}", json=body) as response:
            assert response.status == 200, await response.text()
            answer: dict[str, object] = await response.json()
            return answer


@contextlib.asynccontextmanager
async def connected() -> AsyncIterator[Phones]:
    """WeChat as the sandbox plays it, where the settings say it is, until the end of the block."""
    runner, url = await server.start(State(), host="127.0.0.1", port=settings().sandbox_port)
    try:
        async with ClientSession() as http:
            yield Phones(url, http)
    finally:
        await client.close()
        await identity_check.close()
        await runner.cleanup()
