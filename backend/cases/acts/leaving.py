"""A colleague who leaves, or a post that ends: what they had claimed goes back to the unit."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act, Actor
from backend.cases.acts import filters, moving
from backend.cases.record import supervisors
from backend.identity import posts, staff
from backend.identity.absences import absences
from backend.identity.absences.absences import Deputised
from backend.organisation import queries as organisation
from config.clock import city_day
from models import Role
from notifications.telling import kinds, messages, outbox
from notifications.telling.recipients import Recipient, Staff


async def disable(staff_id: UUID, *, by: Actor, now: datetime) -> int:
    """Disable the person and give back all claimed tasks; how many. Safe to repeat.

    Whoever is away and has them as deputy is told, and a supervisor.
    """
    async with in_transaction():
        was_there = await staff.hold(staff_id)
        acted = await _acting(staff_id, now)
        await staff.disable(staff_id, by=by, now=now)
        released = await moving.give_back(
            staff_id, by_staff_id=_staff_id(by), reason="账号停用", now=now
        )
        if was_there:
            await _tell_without_deputy(acted, by_staff_id=_staff_id(by), now=now)
    outbox.wake()
    return released


async def end_post(staff_id: UUID, post: tuple[str, Role], *, by: Actor, now: datetime) -> int:
    """End a post and give back the tasks claimed in a unit where no other is held; how many.

    Whoever is away and has them as deputy for that post alone is told, and a supervisor. Raises
    PostNotFound.
    """
    unit, _ = post
    async with in_transaction():
        # Before all else: who names them as deputy meanwhile waits.
        await staff.hold(staff_id)
        acted = await _acting(staff_id, now)
        await posts.end(staff_id, post, by=by, now=now)
        left = {each.id for each in await _acting(staff_id, now)}
        gone = [each for each in acted if each.id not in left]
        await _tell_without_deputy(gone, by_staff_id=_staff_id(by), now=now)
        released = 0
        if all(held != unit for held, _ in await posts.held(staff_id, on=city_day(now))):
            released = await moving.give_back(
                staff_id, unit=unit, by_staff_id=_staff_id(by), reason="岗位终止", now=now
            )
    outbox.wake()
    return released


async def end(staff_id: UUID, *, by: Actor, now: datetime) -> int:
    """Let the person go for good, without posts, WeChat account, filters and preferences.

    How many tasks went back.
    """
    async with in_transaction():
        released = await disable(staff_id, by=by, now=now)
        for post in await posts.held(staff_id, on=city_day(now)):
            await posts.end(staff_id, post, by=by, now=now)
        await staff.leave(staff_id, now=now)
        await filters.forget(staff_id)
        await kinds.unmute_all(staff_id)
        await audit.record(Act.END_STAFF, by=by, on=("staff", staff_id))
        return released


def _staff_id(by: Actor) -> UUID | None:
    return UUID(str(by.id)) if by.kind == "staff" else None


async def _acting(staff_id: UUID, now: datetime) -> list[Deputised]:
    """The absences in which this member of staff acts, or will."""
    return [each for each in await absences.of_deputy(staff_id, on=city_day(now)) if each.acts]


async def _tell_without_deputy(
    gone: Iterable[Deputised], *, by_staff_id: UUID | None, now: datetime
) -> None:
    today = city_day(now)
    told = []
    for away in gone:
        whom: dict[Recipient, str] = {Staff(away.staff_id): "deputy_gone"}
        for unit in away.units:
            path = organisation.known_or_not(unit).path
            whom |= dict.fromkeys(await supervisors.above(path, on=today), "deputy_gone_below")
        told += [
            messages.absence_message(action, to=to, days=away.days, at=now, by_staff_id=by_staff_id)
            for to, action in whom.items()
        ]
    if told:
        await outbox.enqueue(*told)
