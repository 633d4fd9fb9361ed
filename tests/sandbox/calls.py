"""A caller of the sandbox: WeChat's calls and the control calls, over HTTP."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse, ClientSession, web

from config.published import SANDBOX_APPID, SANDBOX_SECRET

PROGRESS = "TPL_CASE_PROGRESS_sandbox_00000000000000001"
ACTION = "TPL_ACTION_NEEDED_sandbox_00000000000000002"
APPOINTMENT = "TPL_APPOINTMENT_sandbox_0000000000000000003"
SECRET = {"appid": SANDBOX_APPID, "secret": SANDBOX_SECRET}
LOGIN = SECRET | {"grant_type": "authorization_code"}
CREDENTIAL = SECRET | {"grant_type": "client_credential"}
SEND = "/cgi-bin/message/subscribe/send"
STABLE = "/cgi-bin/stable_token"
PROGRESS_VALUES = {
    "thing1": "居住证明",
    "character_string2": "SY-2026-0001",
    "phrase3": "已受理",
    "time4": "2026-11-23 09:42",
    "thing5": "请留意",
}


class WeChat:
    """What a server and a test ask of the sandbox at `url`."""

    def __init__(self, url: str, session: ClientSession) -> None:
        self.url = url
        self.session = session

    async def raw(self, method: str, path: str, **given: Any) -> ClientResponse:
        answer = await self.session.request(method, self.url + path, **given)
        await answer.read()
        return answer

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        return await decoded(await self.raw("GET", path, params=query))

    async def post(self, path: str, body: object, **query: str) -> dict[str, Any]:
        text = json.dumps(body, ensure_ascii=False).encode()
        return await decoded(await self.raw("POST", path, params=query, data=text))

    async def control(self, path: str, /, **body: Any) -> dict[str, Any]:
        answer = await self.raw("POST", f"/_control/{path}", json=body)
        shown: dict[str, Any] = await answer.json()
        assert answer.status == 200, shown
        return shown

    async def shown(self, path: str) -> dict[str, Any]:
        return await self.get(f"/_control/{path}")

    async def advance(self, seconds: float) -> None:
        await self.control("clock", advance_seconds=seconds)

    async def code(self, user: str = "zhang", kind: str = "login") -> str:
        return str((await self.control("codes", user=user, kind=kind))["code"])

    async def openid(self, user: str = "zhang") -> str:
        return str((await self.control("codes", user=user))["openid"])

    async def login(self, code: str) -> dict[str, Any]:
        return await self.get("/sns/jscode2session", js_code=code, **LOGIN)

    async def token(self) -> str:
        return str((await self.post(STABLE, CREDENTIAL))["access_token"])

    async def api(self, path: str, body: object) -> dict[str, Any]:
        return await self.post(path, body, access_token=await self.token())

    async def accept(self, user: str = "zhang", template_id: str = PROGRESS) -> dict[str, Any]:
        await self.openid(user)
        return await self.control("subscribe", user=user, template_id=template_id, result="accept")

    async def send(self, user: str = "zhang", **changes: Any) -> dict[str, Any]:
        return await self.api(SEND, await self.message(user, **changes))

    async def message(self, user: str = "zhang", **changes: Any) -> dict[str, Any]:
        return {
            "touser": await self.openid(user),
            "template_id": PROGRESS,
            "page": "pages/case/detail?id=1",
            "data": filled(),
        } | changes

    async def messages(self, user: str = "zhang") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.shown(f"messages?user={user}"))["items"]
        return items


def filled(**changes: str) -> dict[str, dict[str, str]]:
    """The data of a progress message with some values changed."""
    return {key: {"value": value} for key, value in (PROGRESS_VALUES | changes).items()}


async def decoded(answer: ClientResponse) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(await answer.read())
    return shown


@dataclass
class Received:
    """One push as it arrived at our server's side."""

    method: str
    query: dict[str, str]
    body: str
    content_type: str


@dataclass
class Receiver:
    """A server that takes pushes and answers as told: first `answers`, then `success`."""

    pushes: list[Received] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        async with self.arrived:
            self.pushes.append(
                Received(
                    request.method,
                    dict(request.query),
                    await request.text(),
                    request.content_type,
                )
            )
            self.arrived.notify_all()
        if request.method == "GET":
            return web.Response(text=request.query["echostr"])
        status, text = self.answers.pop(0) if self.answers else (200, "success")
        return web.Response(status=status, text=text)

    async def until(self, count: int) -> list[Received]:
        """Wait until so many pushes have arrived."""
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.pushes) >= count)
        return self.pushes
