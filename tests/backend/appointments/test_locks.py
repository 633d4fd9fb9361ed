"""Whoever changes a visit has it to themselves; each of these was seen to fail without its lock."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from backend import audit
from backend.appointments.acts import closures
from backend.appointments.acts.cancelling import cancel
from backend.appointments.acts.moving import reschedule
from backend.appointments.record.snapshot import Snapshot
from config import clock
from models import Appointment, Message, OfficeClosure, Slot
from tests import stage
from tests.accounts import a_person
from tests.backend.appointments.factories import (
    a_resident,
    a_slot,
    an_office,
    at_the_counter,
    book,
    booked_of,
    noon,
)
from tests.backend.appointments.rivals import outcomes, seats_are_true
from tests.waiting import blocked, held_up

pytestmark = pytest.mark.usefixtures("database")
RIVALS = 12


async def told(kind: str) -> int:
    return await Message.filter(kind__startswith=f"appointment.{kind}").count()


async def close(slot: Slot) -> int:
    office_id, day = (await slot.office).id, noon(days=1).date()
    return await closures.close(office_id, day, reason="停电", by=audit.OPERATOR, now=clock.now())


async def test_windows_that_cancel_one_visit_at_once_tell_once() -> None:
    person = await a_person()
    account = await a_resident(of=person)
    for turn in range(4):
        slot = await a_slot(starts_at=noon(days=1 + turn))
        held = await book(slot.id, by=at_the_counter(person))

        found = await outcomes(
            cancel(held.id, by=at_the_counter(person) if n % 3 else account, now=clock.now())
            for n in range(RIVALS)
        )

        assert found == {"done": RIVALS}
        assert (await Appointment.get(id=held.id)).version == 2
        assert await told("cancel") == turn + 1
    assert await seats_are_true()


async def test_windows_that_move_and_cancel_one_visit_end_with_no_seat_taken() -> None:
    person = await a_person()
    await a_resident(of=person)
    slots = [await a_slot(capacity=9, starts_at=noon(days=1 + n)) for n in range(RIVALS)]
    for _ in range(4):
        held = await book(slots[0].id, by=at_the_counter(person))

        found = await outcomes(
            reschedule(held.id, by=at_the_counter(person), slot_id=slot.id, now=clock.now())
            if n
            else cancel(held.id, by=at_the_counter(person), now=clock.now())
            for n, slot in enumerate(slots)
        )

        assert set(found) <= {"done", "action_not_allowed"}
    assert [await booked_of(slot.id) for slot in slots] == [0] * RIVALS
    assert await seats_are_true()


async def being_cancelled(held: Snapshot, rival: object) -> None:
    """As by whoever has it just then."""
    execute = rival.execute  # type: ignore[attr-defined]  # asyncpg's
    await execute(
        "UPDATE appointment SET status = 'cancelled', version = version + 1 WHERE id = $1", held.id
    )
    await execute("DELETE FROM seat WHERE appointment_id = $1", held.id)


async def test_who_closes_a_day_waits_for_who_is_cancelling_and_tells_nobody_twice() -> None:
    slot = await a_slot(await an_office(), starts_at=noon(days=1), capacity=1)
    held = await book(slot.id, by=await a_resident())

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await being_cancelled(held, rival)
            closing = tasks.create_task(close(slot))
            await held_up(rival)
        assert await closing == 0

    assert await told("close") == 0
    after = await Slot.get(id=slot.id)
    assert (after.booked, after.capacity) == (0, 0)


async def test_rivals_who_cancel_while_their_day_is_closed_are_each_told_once() -> None:
    for turn in range(3):
        slot = await a_slot(await an_office(), starts_at=noon(days=1), capacity=RIVALS)
        residents = [await a_resident() for _ in range(RIVALS)]
        held = [await book(slot.id, by=by) for by in residents]

        await asyncio.gather(
            close(slot),
            *(
                cancel(each.id, by=by, now=clock.now())
                for each, by in zip(held, residents, strict=True)
            ),
        )

        assert await told("close") + await told("cancel") == RIVALS * (turn + 1)
        assert await Appointment.filter(slot_id=slot.id, version=2).count() == RIVALS


async def test_who_opens_a_day_again_waits_for_a_visit_that_is_just_being_cancelled() -> None:
    office = await an_office()
    slot = await a_slot(office, starts_at=noon(days=1), capacity=1)
    held = await book(slot.id, by=await a_resident())
    day, now = noon(days=1).date(), clock.now()

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await rival.execute("SELECT FROM appointment WHERE id = $1 FOR UPDATE", held.id)
            closing = tasks.create_task(close(slot))
            await held_up(rival)
            opening = tasks.create_task(closures.reopen(office.id, day, by=audit.OPERATOR, now=now))
            await blocked(rival, 2, unless=opening)
            assert not opening.done()
        assert await closing == 1
        assert await opening is not None

    assert await cancelled(held.id)
    assert await OfficeClosure.all().count() == 0


async def cancelled(appointment: UUID) -> bool:
    return (await Appointment.get(id=appointment)).status == "cancelled"


async def test_who_closes_a_day_takes_its_slots_by_id_as_who_moves_does() -> None:
    """In another order the two would wait for each other."""
    office = await an_office()
    # Found by time, as without an order, the second would be locked first.
    first, second = [
        await a_slot(office, starts_at=noon(days=1) + timedelta(hours=n), capacity=9)
        for n in (1, 0)
    ]
    lock = "SELECT FROM slot WHERE id = $1 FOR UPDATE"

    async with stage.owner() as rival, stage.owner() as other, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await rival.execute(lock, second.id)
            closing = tasks.create_task(close(first))
            await held_up(rival)
            with pytest.raises(asyncpg.LockNotAvailableError):
                await other.execute(f"{lock} NOWAIT", first.id)
        assert await closing == 0

    assert {slot.capacity for slot in await Slot.all()} == {0}
