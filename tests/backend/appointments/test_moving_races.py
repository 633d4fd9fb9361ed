"""Rivals who move and cancel; each was seen to fail without its lock."""

from collections.abc import Awaitable, Iterable
from typing import Any

from backend.appointments.acts.cancelling import cancel
from backend.appointments.acts.moving import reschedule
from config import clock
from models import Appointment, Message, Slot
from tests.backend.appointments.factories import (
    a_resident,
    a_slot,
    an_item,
    book,
    booked_of,
    cancel_all,
    noon,
)
from tests.backend.appointments.rivals import outcomes, seats_are_true


async def test_two_bookings_are_not_moved_onto_one_time(database: None) -> None:
    resident, items = await a_resident(), [(await an_item()).code for _ in range(2)]
    for turn in range(5):
        held = [
            await book(
                (await a_slot(starts_at=noon(days=2 * turn + 1 + n))).id,
                by=resident,
                item_code=code,
            )
            for n, code in enumerate(items)
        ]
        targets = [await a_slot(starts_at=noon(days=13), capacity=9) for _ in range(8)]

        found = await outcomes(
            reschedule(held[n % 2].id, by=resident, slot_id=target.id, now=clock.now())
            for n, target in enumerate(targets)
        )

        on_the_day = await Appointment.filter(status="booked", day=noon(days=13).date()).count()
        assert on_the_day == 1
        assert set(found) <= {"done", "booking_overlaps"}
        await cancel_all()


async def test_cancelling_at_once_from_several_phones_tells_once(database: None) -> None:
    slot, resident = await a_slot(), await a_resident()
    held = await book(slot.id, by=resident)

    found = await outcomes(cancel(held.id, by=resident, now=clock.now()) for _ in range(12))

    assert found == {"done": 12}
    assert await Message.filter(kind="appointment.cancel").count() == 1
    assert await seats_are_true()


async def test_cancelling_while_moving_ends_with_no_seat_taken(database: None) -> None:
    slots = [await a_slot(capacity=9) for _ in range(9)]
    for _ in range(10):
        resident = await a_resident()
        held = await book(slots[0].id, by=resident)

        found = await outcomes(
            cancel(held.id, by=resident, now=clock.now())
            if n == 8
            else reschedule(held.id, by=resident, slot_id=slots[n].id, now=clock.now())
            for n in range(1, 9)
        )

        assert set(found) <= {"done", "action_not_allowed"}
        assert (await Appointment.get(id=held.id)).status == "cancelled"
    assert await seats_are_true()
    assert await Slot.filter(booked__gt=0).count() == 0


async def test_one_freed_seat_goes_to_one_of_those_who_want_to_move(database: None) -> None:
    target = await a_slot(capacity=1)
    slots = [await a_slot() for _ in range(12)]
    residents = [await a_resident() for _ in slots]
    held = [await book(slot.id, by=by) for slot, by in zip(slots, residents, strict=True)]

    found = await outcomes(
        reschedule(booked.id, by=by, slot_id=target.id, now=clock.now())
        for booked, by in zip(held, residents, strict=True)
    )

    assert found == {"done": 1, "slot_full": 11}
    assert await booked_of(target.id) == 1
    assert await Appointment.filter(status="booked").count() == 12
    assert await seats_are_true()


async def test_opposite_moves_neither_lose_a_seat_nor_block_each_other(database: None) -> None:
    left, right = await a_slot(capacity=30), await a_slot(capacity=30, starts_at=noon(days=4))
    sides = [(left, right), (right, left)] * 12
    residents = [await a_resident() for _ in sides]
    held = [await book(side[0].id, by=by) for side, by in zip(sides, residents, strict=True)]

    found = await outcomes(
        reschedule(booked.id, by=by, slot_id=side[1].id, now=clock.now())
        for booked, by, side in zip(held, residents, sides, strict=True)
    )

    assert found == {"done": 24}
    assert (await booked_of(left.id), await booked_of(right.id)) == (12, 12)
    assert await seats_are_true()


async def test_one_person_swapping_days_is_refused_and_never_blocked(database: None) -> None:
    resident = await a_resident()
    days = [await a_slot(starts_at=noon(days=n), capacity=9) for n in (1, 2)]
    held = [await book(slot.id, by=resident) for slot in days]

    for _ in range(30):
        found = await outcomes(
            reschedule(held[n % 2].id, by=resident, slot_id=days[1 - n % 2].id, now=clock.now())
            for n in range(8)
        )
        assert found == {"already_booked": 8}

    assert await seats_are_true()


async def test_booking_moving_and_cancelling_at_once_keep_every_count_true(
    database: None,
) -> None:
    slots = [await a_slot(capacity=4, starts_at=noon(days=n)) for n in (1, 2, 3)]
    residents = [await a_resident() for _ in range(16)]
    held = [(await book(slots[n % 3].id, by=by), by) for n, by in enumerate(residents[:12])]

    def attempts() -> Iterable[Awaitable[Any]]:
        for n, (booked, by) in enumerate(held):
            yield reschedule(booked.id, by=by, slot_id=slots[(n + 1) % 3].id, now=clock.now())
            if n % 4 == 0:
                yield cancel(booked.id, by=by, now=clock.now())
        for by in residents:
            yield from (book(slot.id, by=by) for slot in slots)

    found = await outcomes(attempts())

    allowed = {"done", "slot_full", "already_booked", "action_not_allowed"}
    assert set(found) <= allowed
    assert await seats_are_true()
