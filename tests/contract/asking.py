"""Asking the API anything at all, also what no client of ours would."""

import json
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from aiohttp import ClientSession
from multidict import CIMultiDict

from tests.live import Live


@dataclass(frozen=True)
class Heard:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """The problem's stable code; empty for an answer that is no problem."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request; `raw` is sent as it is, `body` as JSON; `again` are more headers."""

    method: str = "POST"
    path: str
    body: Any = None
    raw: bytes | None = None
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)

    async def of(self, http: ClientSession, live: Live) -> Heard:
        """Send it and read the answer."""
        headers = CIMultiDict({"Content-Type": "application/json"} | self.headers)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        headers.extend(self.again)
        data = self.raw
        if data is None and self.method != "GET":
            data = json.dumps(self.body if self.body is not None else {}).encode()
        async with http.request(
            self.method, f"{live.api}{self.path}", data=data and BytesIO(data), headers=headers
        ) as response:
            # A stream goes on: its first words are enough.
            streams = response.content_type == "text/event-stream"
            content = await (response.content.readany() if streams else response.read())
            shown = json.loads(content) if "json" in response.content_type else content
            return Heard(response.status, shown, dict(response.headers))
