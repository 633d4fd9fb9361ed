"""Administrators and those whom they look after, known by rows and without a request."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.administration.acts import Seen
from backend.identity import actors, sessions, staff
from backend.identity.actors import StaffActor
from models import Audience, Post, Role, Staff

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
LATER, DAY = NOW + timedelta(minutes=1), timedelta(days=1)
CITY, DISTRICT, STREET = "210100000000", "210102000000", "210102001000"
HERE, BESIDE = "210102001001", "210102001002"
OTHER_STREET, ELSEWHERE = "210102002000", "210103005001"


async def a_member(*posts: tuple[str, Role], name: str = "李四", **changes: Any) -> UUID:
    """Somebody with these posts who can log in, unless it says otherwise."""
    made = await staff.create(name, posts=posts, now=NOW)
    await Staff.filter(id=made).update(**{"openid_hash": f"account-{made}"} | changes)
    return made


async def acting(staff_id: UUID, *, now: datetime = NOW) -> StaffActor:
    """This member of staff in a session, with the posts held then."""
    granted = await sessions.start(Audience.STAFF, staff_id, now=now)
    return await actors.staff(granted.claims, now=now)


async def an_admin(*units: str, name: str = "赵管理") -> StaffActor:
    return await acting(await a_member(*[(unit, Role.ADMIN) for unit in units], name=name))


async def seen(staff_id: UUID) -> Seen:
    """The member as the administrator sees them now."""
    return Seen(staff_id, (await Staff.get(id=staff_id)).version)


async def post_of(staff_id: UUID, unit: str) -> UUID:
    return (await Post.get(staff_id=staff_id, unit_id=unit)).id
