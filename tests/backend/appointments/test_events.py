"""What became of an appointment is written down with each change, and stays."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from backend import audit
from backend.appointments.acts import closures
from backend.appointments.acts.cancelling import cancel
from backend.appointments.acts.moving import reschedule
from backend.errors import ServiceError
from config import clock
from models import AppointmentEvent
from tests import stage
from tests.backend.appointments.factories import a_resident, a_slot, an_office, book, noon

pytestmark = pytest.mark.usefixtures("database")


async def events() -> list[AppointmentEvent]:
    return await AppointmentEvent.all().order_by("appointment_id", "seq")


async def test_a_booking_is_the_first_event() -> None:
    slot, resident = await a_slot(), await a_resident()

    booked = await book(slot.id, by=resident)

    (first,) = await AppointmentEvent.all().values()
    del first["id"]
    assert first == {
        "appointment_id": booked.id,
        "seq": 1,
        "created_at": booked.created_at,
        "action": "book",
        "actor": "resident",
        "actor_id": resident.id,
        "before": None,
        "after": "booked",
        "slot_id": slot.id,
        "reason_sealed": None,
    }


async def test_each_change_says_who_did_what_and_where_the_appointment_stands_since_then() -> None:
    slot, later, resident = await a_slot(), await a_slot(starts_at=noon(days=3)), await a_resident()
    now = clock.now()
    booked = await book(slot.id, by=resident, now=now)
    moved = now + timedelta(seconds=1)
    await reschedule(booked.id, by=resident, slot_id=later.id, now=moved)
    given_back = now + timedelta(seconds=2)
    await cancel(booked.id, by=resident, reason="临时有事", now=given_back)

    told = [
        (each.seq, each.action, each.before, each.after, each.slot_id, each.created_at)  # type: ignore[attr-defined]
        for each in await events()
    ]

    assert told == [
        (1, "book", None, "booked", slot.id, now),
        (2, "reschedule", "booked", "booked", later.id, moved),
        (3, "cancel", "booked", "cancelled", later.id, given_back),
    ]
    assert {each.actor_id for each in await events()} == {resident.id}


async def test_who_closes_an_office_is_who_cancelled() -> None:
    slot = await a_slot(starts_at=noon(days=1), capacity=2)
    for _ in range(2):
        await book(slot.id, by=await a_resident())

    await closures.close(
        (await slot.office).id,
        noon(days=1).date(),
        reason="停电检修",
        by=audit.OPERATOR,
        now=clock.now(),
    )

    closed = [each for each in await events() if each.seq == 2]
    assert [(each.action, each.actor, each.actor_id) for each in closed] == [
        ("close", "operator", None)
    ] * 2


async def test_what_is_refused_or_changes_nothing_leaves_no_event() -> None:
    slot, full, resident = await a_slot(), await a_slot(), await a_resident()
    await book(full.id, by=await a_resident())
    booked = await book(slot.id, by=resident)
    await reschedule(booked.id, by=resident, slot_id=slot.id, now=clock.now())
    with pytest.raises(ServiceError):
        await reschedule(booked.id, by=resident, slot_id=full.id, now=clock.now())
    with pytest.raises(ServiceError):
        await book(full.id, by=resident)
    for _ in range(2):
        await cancel(booked.id, by=resident, now=clock.now())

    actions = [each.action for each in await events() if each.actor_id == resident.id]

    assert actions == ["book", "cancel"]


async def test_rivals_changes_of_one_appointment_are_numbered_one_after_the_other() -> None:
    office = await an_office()
    slots = [await a_slot(office, starts_at=noon(days=n), capacity=9) for n in range(1, 11)]
    for _ in range(4):
        resident = await a_resident()
        booked = await book(slots[0].id, by=resident)

        await asyncio.gather(
            *(
                reschedule(booked.id, by=resident, slot_id=slot.id, now=clock.now())
                for slot in slots[1:]
            ),
            cancel(booked.id, by=resident, now=clock.now()),
            return_exceptions=True,
        )

        of_one = await AppointmentEvent.filter(appointment_id=booked.id).order_by("seq")
        assert [each.seq for each in of_one] == list(range(1, len(of_one) + 1))
        assert of_one[-1].action == "cancel"
        assert {each.before for each in of_one[1:]} == {"booked"}


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM appointment_event",
        "UPDATE appointment_event SET after = 'served'",
        "UPDATE appointment_event SET reason_sealed = 'other'",
        "UPDATE appointment_event SET reason_sealed = NULL, action = 'close'",
        "DELETE FROM appointment",
    ],
)
async def test_nobody_changes_or_deletes_what_happened(change: str) -> None:
    slot, resident = await a_slot(), await a_resident()
    booked = await book(slot.id, by=resident)
    await cancel(booked.id, by=resident, reason="临时有事", now=clock.now())

    async with stage.owner() as owner:
        with pytest.raises((asyncpg.CheckViolationError, asyncpg.RestrictViolationError)):
            await owner.execute(change)


async def test_the_application_may_take_away_the_reason_and_nothing_else() -> None:
    slot, resident = await a_slot(), await a_resident()
    booked = await book(slot.id, by=resident)
    await cancel(booked.id, by=resident, reason="临时有事", now=clock.now())

    await AppointmentEvent.filter(seq=2).update(reason_sealed=None)

    assert [each.reason_sealed for each in await events()] == [None, None]
    with pytest.raises(Exception, match="permission denied"):
        await AppointmentEvent.filter(seq=2).update(action="close")
