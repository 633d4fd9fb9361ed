"""Who booked is reminded once, the day before; anew of a move, and not of a cancellation."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.appointments.acts import cancelling, moving, reminding
from backend.appointments.record.snapshot import Snapshot
from backend.identity.actors import ResidentActor
from models import Delivery, Message, Resident
from tests.backend.appointments.factories import a_resident, a_slot, actor_of, book, noon

pytestmark = pytest.mark.usefixtures("database")
RIVALS = 8
KIND = "appointment.remind"


async def booked(starts_at: datetime, **asked: Any) -> Snapshot:
    """Somebody's appointment then."""
    slot = await a_slot(starts_at=starts_at)
    return await book(slot.id, by=await a_resident(), **asked)


async def who(appointment: Snapshot) -> ResidentActor:
    """The one who booked it."""
    return actor_of(await Resident.get(id=appointment.resident_id))


async def test_rivals_remind_each_booker_once_within_a_day() -> None:
    start = noon(days=3)
    for hour in (0, 0, 0, 1):
        await booked(start + timedelta(hours=hour))
    day_before = start - timedelta(hours=24)

    assert await reminding.remind(now=day_before - timedelta(seconds=1)) == 0
    found = await asyncio.gather(*(reminding.remind(now=day_before) for _ in range(RIVALS)))

    assert sum(found) == await Message.filter(kind=KIND).count() == 3
    copy = await Delivery.filter(message__kind=KIND).first()
    assert copy
    assert (copy.template, copy.data["phrase4"]) == ("appointment", "即将开始")
    assert await reminding.remind(now=start - timedelta(hours=2)) == 1


async def test_what_moves_is_told_of_anew_and_what_is_cancelled_is_not() -> None:
    start = noon(days=3)
    moved, cancelled = await booked(start), await booked(start)
    assert await reminding.remind(now=start - timedelta(hours=20)) == 2
    later = (await a_slot(starts_at=start + timedelta(days=2))).id
    change = start - timedelta(hours=19)
    await moving.reschedule(moved.id, by=await who(moved), now=change, slot_id=later)
    await cancelling.cancel(cancelled.id, by=await who(cancelled), now=change)
    await booked(start, now=change)

    assert await reminding.remind(now=start - timedelta(hours=2)) == 0
    assert await reminding.remind(now=start + timedelta(days=1, hours=12)) == 1


async def test_rivals_remind_each_booker_once_more_in_the_last_hour() -> None:
    start = noon(days=3)
    for _ in range(3):
        await booked(start)
    moved, cancelled = await booked(start), await booked(start)
    hour = start - timedelta(hours=1)
    later = (await a_slot(starts_at=start + timedelta(hours=3))).id
    day_before = start - timedelta(hours=24)
    await moving.reschedule(moved.id, by=await who(moved), now=day_before, slot_id=later)
    await cancelling.cancel(cancelled.id, by=await who(cancelled), now=hour)
    await booked(start, now=hour - timedelta(minutes=59))

    assert await reminding.remind_soon(now=hour - timedelta(seconds=1)) == 0
    found = await asyncio.gather(*(reminding.remind_soon(now=hour) for _ in range(RIVALS)))

    assert sum(found) == await Message.filter(kind=f"{KIND}_soon").count() == 3
    assert await reminding.remind_soon(now=hour + timedelta(hours=3)) == 1


async def test_no_reminder_comes_too_late_or_right_after_the_other() -> None:
    start = noon(days=3)
    await booked(start)

    assert await reminding.remind(now=start - timedelta(hours=2)) == 0
    assert await reminding.remind_soon(now=start - timedelta(minutes=15)) == 0
    assert await reminding.remind(now=start - timedelta(hours=2, seconds=1)) == 1
    assert await reminding.remind_soon(now=start - timedelta(minutes=30)) == 0
