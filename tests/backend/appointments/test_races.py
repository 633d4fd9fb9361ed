"""Rivals on a warm pool of 8 connections and more; each was seen to fail without its lock."""

from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from backend.appointments.acts import booking
from backend.appointments.acts.moving import reschedule
from backend.appointments.acts.standing import Standing
from backend.appointments.acts.turnstile import Turnstile
from backend.appointments.record import places
from backend.identity.actors import ResidentActor
from config import clock, pool
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
from tests.backend.appointments.rivals import outcomes, seats_are_true

RIVALS = 8


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
