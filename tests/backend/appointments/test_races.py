"""Rivals on a warm pool of 8 connections and more; each was seen to fail without its lock."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from typing import Any
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from backend.appointments.acts import booking
from backend.appointments.acts.cancelling import cancel
from backend.appointments.acts.moving import reschedule
from backend.appointments.acts.standing import Standing
from backend.appointments.acts.turnstile import Turnstile
from backend.appointments.record import places
from backend.errors import ServiceError
from backend.identity.actors import ResidentActor
from config import clock, pool
from config.database import connection
from models import Appointment, Assurance, BookedBy, Message, Resident, Seat, Slot, uuid7
from tests.accounts import a_person
from tests.backend.appointments.factories import (
    a_resident,
    a_slot,
    actor_of,
    an_item,
    an_office,
    at_the_counter,
    book,
    booked_of,
    cancel_all,
    noon,
)

RIVALS = 8


async def outcomes(attempts: Iterable[Awaitable[Any]]) -> Counter[str]:
    """How often each code was the answer; "done" where there was none."""
    results = await asyncio.gather(*attempts, return_exceptions=True)
    return Counter(
        result.code
        if isinstance(result, ServiceError)
        else type(result).__name__
        if isinstance(result, BaseException)
        else "done"
        for result in results
    )


async def seats_are_true() -> bool:
    """Whether each slot counts its seats, and each appointment has one unless it is cancelled."""
    rows = await connection().execute_query_dict(
        "SELECT s.id FROM slot s WHERE booked > capacity"
        " OR booked <> (SELECT count(*) FROM seat WHERE slot_id = s.id)"
        " UNION ALL SELECT a.id FROM appointment a FULL JOIN seat t ON t.appointment_id = a.id"
        " AND t.slot_id = a.slot_id WHERE (a.status <> 'cancelled') IS DISTINCT FROM"
        " (t.id IS NOT NULL)"
    )
    return not rows


@pytest.mark.parametrize("width", [2, 500], ids=["in one process", "in as many as there are"])
async def test_five_hundred_rivals_on_ten_seats_give_exactly_ten(
    database: None, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(booking, "_turnstile", Turnstile(width))
    # Without the turnstile they wait for the pool, on a slow machine for longer than residents do.
    monkeypatch.setattr(pool, "ACQUIRE_SECONDS", 60)
    slot = await a_slot(capacity=10)
    rows = [
        Resident(openid_hash=f"rival-{n}", assurance=Assurance.PHONE, created_at=clock.now())
        for n in range(500)
    ]
    await Resident.bulk_create(rows)

    found = await outcomes(book(slot.id, by=actor_of(row)) for row in rows)

    assert found == {"done": 10, "slot_full": 490}
    assert await booked_of(slot.id) == await Appointment.all().count() == 10
    assert await Message.all().count() == 10


async def test_the_database_holds_the_seats_without_the_application(database: None) -> None:
    slot = await a_slot(capacity=3)
    residents = [await a_resident() for _ in range(12)]

    found = await outcomes(insert(slot, by.id) for by in residents)

    assert found == {"done": 3, "IntegrityError": 9}
    assert await booked_of(slot.id) == await Seat.all().count() == 3


async def test_the_database_refuses_a_count_above_the_seats(database: None) -> None:
    slot = await a_slot(capacity=3)

    found = await outcomes(
        Slot.filter(id=slot.id).update(booked=F("booked") + 1) for _ in range(12)
    )

    assert found == {"done": 3, IntegrityError.__name__: 9}


async def test_fifty_tries_of_one_person_give_one_booking(database: None) -> None:
    person = await a_person()
    accounts = [await a_resident(of=person) for _ in range(5)]
    for day in range(1, 4):
        slots = [await a_slot(capacity=50, starts_at=noon(days=day)) for _ in range(10)]
        for slot in slots:
            await places.slot(slot.id)

        found = await outcomes(book(slots[n % 10].id, by=accounts[n % 5]) for n in range(50))

        assert found == {"done": 1, "already_booked": 49}
    assert await seats_are_true()


async def test_one_person_at_many_slots_gets_three(database: None) -> None:
    person = await a_person()
    accounts = [await a_resident(of=person) for _ in range(4)]
    for turn in range(5):
        office = await an_office()
        slots = [await a_slot(office, starts_at=noon(days=day + 1)) for day in range(12)]

        found = await outcomes(book(slot.id, by=accounts[n % 4]) for n, slot in enumerate(slots))

        assert found == {"done": 3, "too_many_bookings": 9}, turn
        await cancel_all()
    assert await seats_are_true()


async def test_one_person_is_at_one_place_at_a_time(database: None) -> None:
    person = await a_person()
    accounts = [await a_resident(of=person) for _ in range(4)]
    items = [(await an_item()).code for _ in range(12)]
    for turn in range(5):
        slots = [await a_slot(starts_at=noon(days=turn + 1), capacity=5) for _ in range(4)]

        found = await outcomes(
            book(slots[n % 4].id, by=accounts[n % 4], item_code=item)
            for n, item in enumerate(items)
        )

        assert found == {"done": 1, "booking_overlaps": 11}, turn
        await cancel_all()


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


async def insert(slot: Slot, resident_id: UUID) -> None:
    """Book as a program would that counts nothing."""
    appointment = await Appointment.create(
        number=uuid7().hex[-24:],
        slot=slot,
        office_id=slot.office_id,  # type: ignore[attr-defined]
        resident_id=resident_id,
        booked_by=BookedBy.ACCOUNT,
        booked_by_id=resident_id,
        day=slot.starts_at.date(),
        status="booked",
        check_in_code="ABCDEFGH",
        created_at=clock.now(),
    )
    await Seat.create(slot=slot, appointment=appointment)


async def test_of_a_window_and_phones_one_gets_the_last_seat_and_a_person_one_visit(
    database: None,
) -> None:
    office, person = await an_office(), await a_person()
    last, other = [await a_slot(office, starts_at=noon(days=day), capacity=1) for day in (1, 2)]
    phones = [await a_resident() for _ in range(RIVALS // 2)]
    windows = [at_the_counter(await a_person()) for _ in range(RIVALS // 2)]

    rivals: list[ResidentActor | Standing] = [*phones, *windows]
    found = await outcomes(book(last.id, by=each) for each in rivals)

    assert found == {"done": 1, "slot_full": RIVALS - 1}
    roomy = await a_slot(office, starts_at=noon(days=3), capacity=RIVALS)
    accounts = [await a_resident(of=person) for _ in range(RIVALS // 2)]
    same: list[ResidentActor | Standing] = [
        *accounts,
        *(at_the_counter(person) for _ in range(RIVALS // 2)),
    ]
    found = await outcomes(book(roomy.id, by=each) for each in same)
    assert found == {"done": 1, "already_booked": RIVALS - 1}
    assert await Appointment.filter(person_id=person.id).count() == 1
    # Moved from the phone and at the window at once, it takes one seat, or keeps its own.
    mine = await Appointment.get(person_id=person.id)
    movers: list[ResidentActor | Standing] = [*accounts, *[at_the_counter(person)] * len(accounts)]
    moves = [reschedule(mine.id, by=by, slot_id=other.id, now=clock.now()) for by in movers]
    assert await outcomes(moves) == {"done": RIVALS}
    moved = await Appointment.get(id=mine.id)
    assert (moved.version, await booked_of(other.id), await booked_of(roomy.id)) == (2, 1, 0)
    assert await seats_are_true()
