"""Administrators at three levels and whom they look after, for the tests of administration."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.identity import sessions, staff
from config import clock
from models import Audience, Role, Staff
from tests.serving import Heard, Served

ADMIN = "/api/v1/staff/admin"
CITY, DISTRICT, STREET, COMMUNITY = (
    *("210100000000", "210102000000"),
    *("210102001000", "210102001001"),
)
ELSEWHERE, ELSEWHERES_COMMUNITY = "210103000000", "210103005001"


@dataclass
class Worker:
    """A member of staff who is logged in."""

    api: Served
    id: UUID
    token: str

    async def get(self, path: str) -> Heard:
        return await self.api.ask("GET", f"{ADMIN}{path}", token=self.token)

    async def post(self, path: str, body: Any = None, **headers: str) -> Heard:
        return await self.api.ask("POST", f"{ADMIN}{path}", body or {}, token=self.token, **headers)

    async def on(self, somebody: UUID | str, act: str, body: Any = None) -> Heard:
        """Act on the present version of somebody."""
        version = (await Staff.get(id=somebody)).version
        return await self.post(f"/staff/{somebody}/{act}", body, **{"If-Match": f'"{version}"'})


async def a_worker(api: Served, *posts: tuple[str, Role], name: str = "李四") -> Worker:
    """Somebody with these posts, bound to a WeChat account and logged in."""
    made = await staff.create(name, posts=posts, now=clock.now())
    await Staff.filter(id=made).update(openid_hash=f"account-{made}")
    granted = await sessions.start(Audience.STAFF, made, now=clock.now())
    return Worker(api, made, granted.access_token)


async def an_admin(api: Served, unit: str) -> Worker:
    return await a_worker(api, (unit, Role.ADMIN), name="赵管理")
