"""People who use the API over HTTP, as a mini-program does: for the demo and the tests."""

import random
import secrets
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import aiohttp

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Refused(Exception):
    """The API answered with a problem."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.code = problem.get("code")
        self.problem = problem


@dataclass
class Answer:
    """A successful answer: its JSON body (None for 204) and headers."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Client:
    """One phone; `user` is its WeChat user in the sandbox."""

    http: aiohttp.ClientSession
    api: str
    sandbox: str
    user: str
    token: str = ""

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        version: int | None = None,
        behalf: str | None = None,
        files: aiohttp.FormData | None = None,
    ) -> Answer:
        """Call the API; raise Refused for a problem.

        `version` becomes If-Match, the mandate `behalf` On-Behalf-Of.
        """
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if behalf is not None:
            headers["On-Behalf-Of"] = behalf
        async with self.http.request(
            method, f"{self.api}{path}", json=body, data=files, headers=headers
        ) as response:
            content = await response.json(content_type=None) if await response.read() else None
            if response.status >= 400:  # noqa: PLR2004 - HTTP's own line
                raise Refused(response.status, content or {})
            return Answer(response.status, content, dict(response.headers))

    async def get(self, path: str, *, behalf: str | None = None) -> Any:
        """The body of a GET."""
        return (await self.call("GET", path, behalf=behalf)).body

    async def download(self, url: str) -> bytes:
        """What a link opens."""
        async with self.http.get(url) as response:
            response.raise_for_status()
            return await response.read()

    async def post(
        self, path: str, body: Any = None, *, version: int | None = None, key: str | None = None
    ) -> Any:
        """The body of a POST, keyed as a careful client keys every POST."""
        return (
            await self.call(
                "POST", path, body or {}, key=key or secrets.token_hex(8), version=version
            )
        ).body

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the sandbox."""
        async with self.http.request(
            method, f"{self.sandbox}/_control{path}", json=body
        ) as response:
            response.raise_for_status()
            return await response.json()

    async def code(self, kind: str) -> str:
        """A code that WeChat would hand to the mini-program: `login` or `phone`."""
        answer = await self.control("POST", "/codes", {"user": self.user, "kind": kind})
        return str(answer["code"])

    async def log_in(self, *, staff: bool = False) -> dict[str, Any]:
        """Log in as a resident or as staff, and keep the token."""
        path = "/api/v1/staff/auth/wechat" if staff else "/api/v1/auth/wechat"
        session: dict[str, Any] = (
            await self.call("POST", path, {"code": await self.code("login")})
        ).body
        self.token = session["access_token"]
        return session

    async def agree(self, template_ids: list[str]) -> None:
        """Tap "accept" for each template, as wx.requestSubscribeMessage asks."""
        for template_id in template_ids:
            await self.control(
                "POST",
                "/subscribe",
                {"user": self.user, "template_id": template_id, "result": "accept"},
            )
        results = dict.fromkeys(template_ids, "accept")
        await self.post("/api/v1/subscriptions", {"results": results})

    async def phone_messages(self) -> list[dict[str, Any]]:
        """The subscribe messages that arrived on this phone."""
        found: list[dict[str, Any]] = (await self.control("GET", f"/messages?user={self.user}"))[
            "items"
        ]
        return found

    async def upload(
        self, name: str, content: bytes, media_type: str, *, path: str = "/api/v1/files"
    ) -> str:
        """Upload a file and give its id."""
        form = aiohttp.FormData(quote_fields=False)  # phones send names as they are
        form.add_field("file", content, filename=name, content_type=media_type)
        return str((await self.call("POST", path, files=form)).body["id"])


def id_number(*, born: date, region: str = "210102") -> str:
    """A made-up ID number with a right check character (GB 11643)."""
    digits = f"{region}{born:%Y%m%d}{random.randint(1, 998):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]
