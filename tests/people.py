"""Residents and staff who use a running system; what they know is in the API's description."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from itertools import count
from typing import Any

from aiohttp import ClientSession

from sandbox.actors import Client, id_number
from sandbox.handed_in import photo
from sandbox.seed import COMMUNITY
from tests.filler import fill
from tests.live import Live

PATIENCE_SECONDS = 30.0
# An ID number has room for a thousand people born on one day, too few to meet nobody by chance.
BIRTHDAYS = (date(1940, 1, 1) + timedelta(days=number) for number in count())
STAFF_OF_LEVEL = {"community": "clerk", "street": "reviewer", "department": "approver"}


class Person(Client):
    """A client that knows how to register, apply and wait."""

    id_number = ""

    async def register(self) -> dict[str, Any]:
        """Log in and become known by phone, real name and community; the profile."""
        await self.show_phone()
        self.id_number = id_number(born=next(BIRTHDAYS))
        await self.post("/api/v1/me/real-name", {"name": "王秀英", "id_number": self.id_number})
        me: dict[str, Any] = (
            await self.call("PUT", "/api/v1/me", {"community_code": COMMUNITY})
        ).body
        return me

    async def show_phone(self) -> None:
        """Log in and become known by phone, as booking asks for."""
        await self.log_in()
        await self.post("/api/v1/me/phone", {"code": await self.code("phone")})

    async def application(self, code: str, *, file_id: str | None = None) -> dict[str, Any]:
        """The body of a submission: the form as its schema asks, a picture for each paper."""
        item = await self.get(f"/api/v1/items/{code}")
        if file_id is None and any(paper["required"] for paper in item["materials"]):
            file_id = await self.upload("paper.jpg", photo("white"), "image/jpeg")
        return filled(item, file_id)

    async def apply(self, code: str) -> dict[str, Any]:
        """Submit an application; the case."""
        body = await self.application(code)
        case: dict[str, Any] = await self.post("/api/v1/cases", body)
        return case

    async def act(self, case_id: str, action: str, body: Any = None) -> Any:
        """Do one of the staff's actions on the case's present version."""
        path = f"/api/v1/staff/cases/{case_id}"
        version = (await self.get(path))["version"]
        return await self.post(f"{path}/{action}", body, version=version)

    async def slots(self, item: str | None = None, *, least: int = 2) -> list[dict[str, Any]]:
        """Free slots of the first day that has enough of them, at the community's office."""
        about = f"item={item}&" if item else ""
        offices = await self.get(f"/api/v1/offices?{about}community={COMMUNITY}")
        day = date.today().toordinal()  # noqa: DTZ011 - the days after it are looked at
        for later in range(1, 14):
            when = date.fromordinal(day + later)
            path = f"/api/v1/offices/{offices['items'][0]['id']}/slots?date={when}"
            listed = (await self.get(path))["items"]
            free = [slot for slot in listed if slot["available"]]
            if len(free) >= least:
                return free
        raise AssertionError("no free slots")


def filled(item: dict[str, Any], file_id: str | None = None) -> dict[str, Any]:
    """The body of a submission: the form as its schema asks, this picture for each paper."""
    papers = [paper["code"] for paper in item["materials"] if paper["required"]]
    return {
        "item_code": item["code"],
        "form": fill(item["form"]),
        "materials": [{"material_code": paper, "file_id": file_id} for paper in papers],
    }


def person(live: Live, http: ClientSession, user: str = "") -> Person:
    """The sandbox's user of this name, or somebody new."""
    return Person(http, live.api, live.sandbox, user or f"person-{secrets.token_hex(6)}")


async def on_duty(live: Live, http: ClientSession, name: str) -> Person:
    """One of the demo's staff, logged in."""
    member = person(live, http, name)
    await member.log_in(staff=True)
    return member


async def until(
    look: Callable[[], Coroutine[Any, Any, Any]], *, seconds: float = PATIENCE_SECONDS
) -> Any:
    """Look again and again until there is something to see; fail when it takes too long."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):  # noqa: ASYNC110 - other processes do it
            await asyncio.sleep(0.05)
    return found
