"""Whatever tells somebody of an appointment wakes the workers, who look by themselves but later."""

from datetime import timedelta

import pytest

from backend.appointments.acts import closures, reminding
from backend.appointments.acts.cancelling import cancel
from backend.appointments.acts.moving import reschedule
from backend.audit import OPERATOR
from config import clock
from tests.accounts import a_person
from tests.backend.appointments.factories import (
    a_resident,
    a_slot,
    an_office,
    at_the_counter,
    book,
    noon,
)
from tests.waiting import woken

pytestmark = pytest.mark.usefixtures("database")


async def test_who_books_moves_and_cancels_is_told_at_once() -> None:
    resident = await a_resident()
    slots = [await a_slot(starts_at=noon(days=day)) for day in (1, 2)]

    held = await woken(book(slots[0].id, by=resident))
    await woken(reschedule(held.id, by=resident, slot_id=slots[1].id, now=clock.now()))
    await woken(cancel(held.id, by=resident, now=clock.now()))


async def test_what_a_window_books_is_told_at_once() -> None:
    person = await a_person()
    await a_resident(of=person)

    await woken(book((await a_slot()).id, by=at_the_counter(person)))


async def test_reminders_are_sent_at_once() -> None:
    start = noon(days=3)
    await book((await a_slot(starts_at=start)).id, by=await a_resident())

    assert await woken(reminding.remind(now=start - timedelta(hours=24))) == 1
    assert await woken(reminding.remind_soon(now=start - timedelta(hours=1))) == 1


async def test_who_is_cancelled_by_a_closed_day_is_told_at_once() -> None:
    office = await an_office()
    await book((await a_slot(office, starts_at=noon(days=1))).id, by=await a_resident())

    day, now = noon(days=1).date(), clock.now()
    assert await woken(closures.close(office.id, day, reason="停电", by=OPERATOR, now=now)) == 1
