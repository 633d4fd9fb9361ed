"""A colleague who leaves, or a post that ends: what they had claimed goes back to the unit."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act, Actor
from backend.cases.reading import tasks
from backend.identity import posts, staff
from config.clock import city_day
from models import Role


async def disable(staff_id: UUID, *, by: Actor, now: datetime) -> int:
    """Disable the person and give back all claimed tasks; how many. Safe to repeat."""
    async with in_transaction():
        await staff.disable(staff_id, by=by, now=now)
        return await tasks.release_all(staff_id)


async def end_post(staff_id: UUID, post: tuple[str, Role], *, by: Actor, now: datetime) -> int:
    """End a post and give back the tasks claimed in a unit where no other is held; how many.

    Raises PostNotFound.
    """
    unit, _ = post
    async with in_transaction():
        await posts.end(staff_id, post, by=by, now=now)
        if any(held == unit for held, _ in await posts.held(staff_id, on=city_day(now))):
            return 0
        return await tasks.release_all(staff_id, unit=unit)


async def end(staff_id: UUID, *, by: Actor, now: datetime) -> int:
    """Let the person go for good, without posts and WeChat account; how many tasks went back."""
    async with in_transaction():
        released = await disable(staff_id, by=by, now=now)
        for post in await posts.held(staff_id, on=city_day(now)):
            await posts.end(staff_id, post, by=by, now=now)
        await staff.leave(staff_id, now=now)
        await audit.record(Act.END_STAFF, by=by, on=("staff", staff_id))
        return released
