from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tortoise import timezone

from backend.appointments.acts.moving import reschedule
from backend.appointments.reading import queries
from backend.appointments.record import places
from backend.errors import Conflict, Invalid, NotFound, Unauthenticated
from backend.idempotency import keys
from config import clock
from models import (
    Appointment,
    Case,
    CaseStatus,
    Delivery,
    FiledBy,
    IdempotencyKey,
    ItemVersion,
    Message,
    ServiceItem,
    Slot,
    uuid7,
)
from tests.accounts import a_person
from tests.backend.appointments.factories import (
    CITY,
    DISTRICT,
    STREET,
    a_department_unit,
    a_resident,
    a_slot,
    a_unit,
    an_item,
    an_office,
    at_a_window,
    become_known,
    book,
    booked_of,
    noon,
)


async def test_a_booking_takes_a_seat_and_tells_the_resident(database: None) -> None:
    slot, item, resident = await a_slot(capacity=2), await an_item(), await a_resident()

    booked = await book(slot.id, by=resident, item_code=item.code)

    assert booked.status == "booked"
    assert booked.item_code == item.code
    assert booked.slot.starts_at == slot.starts_at
    assert booked.slot.office.unit_level == "community"
    assert await booked_of(slot.id) == 1
    message = await Message.get(resident_id=resident.id, appointment_id=booked.id)
    assert await Delivery.filter(message=message).count() == 1
    assert await queries.one_of_resident(booked.id, resident.id) == booked


async def test_no_seat_is_a_refusal_that_leaves_nothing_behind(database: None) -> None:
    slot = await a_slot(capacity=1)
    await book(slot.id, by=await a_resident())

    with pytest.raises(Conflict) as refused:
        await book(slot.id, by=await a_resident())

    assert refused.value.code == "slot_full"
    assert await Appointment.all().count() == await Message.all().count() == 1


async def test_a_slot_that_has_begun_is_past(database: None) -> None:
    slot = await a_slot(starts_at=timezone.now() - timedelta(minutes=1))

    assert await refusal(slot.id) == "slot_past"


async def test_an_office_that_closed_takes_nobody(database: None) -> None:
    slot = await a_slot(await an_office(active=False))

    assert await refusal(slot.id) == "office_closed"


async def test_an_unknown_slot_is_not_found(database: None) -> None:
    assert await refusal(uuid7()) == "slot_not_found"


async def test_a_slot_taken_away_meanwhile_is_not_found(database: None) -> None:
    slot, other, resident = await a_slot(), await a_slot(), await a_resident()
    booked = await book(other.id, by=resident)
    await places.slot(slot.id)
    await Slot.filter(id=slot.id).delete()

    assert await refusal(slot.id) == "slot_not_found"
    with pytest.raises(NotFound):
        await reschedule(booked.id, by=resident, slot_id=slot.id, now=clock.now())


async def test_one_active_booking_per_person_item_and_day(database: None) -> None:
    office, item = await an_office(), await an_item()
    first = await a_slot(office, capacity=5, starts_at=noon(days=1))
    second = await a_slot(office, capacity=5, starts_at=noon(days=1) + timedelta(hours=1))
    tomorrow = await a_slot(office, starts_at=noon(days=2))
    person = await a_person()
    resident, other_account = await a_resident(of=person), await a_resident(of=person)
    await book(first.id, by=resident, item_code=item.code)

    with pytest.raises(Conflict) as refused:
        await book(second.id, by=other_account, item_code=item.code)
    await book(second.id, by=resident)
    await book(tomorrow.id, by=resident, item_code=item.code)

    assert refused.value.code == "already_booked"
    assert await booked_of(second.id) == 1


async def test_what_is_over_no_longer_counts(database: None) -> None:
    resident = await a_resident()
    for day in (1, 2, 3):
        slot = await a_slot(starts_at=noon(days=day))
        await book(slot.id, by=resident)
    later = await a_slot(starts_at=noon(days=4))
    assert await refusal(later.id, by=resident) == "too_many_bookings"

    await Slot.filter(id=slot.id).update(
        starts_at=noon(days=-1), ends_at=noon(days=-1) + timedelta(hours=1)
    )

    assert (await book(later.id, by=resident)).status == "booked"


async def test_becoming_known_does_not_allow_a_second_booking(database: None) -> None:
    first, second = await a_slot(), await a_slot()
    stranger = await a_resident()
    await book(first.id, by=stranger)

    known = await become_known(stranger)

    assert await refusal(second.id, by=known) == "already_booked"


async def test_what_a_window_booked_counts_for_the_persons_accounts(database: None) -> None:
    person = await a_person()
    office = await an_office()
    slot = await a_slot(office, starts_at=noon(days=1))
    later = await a_slot(office, starts_at=noon(days=1) + timedelta(hours=1))
    await at_a_window(slot.id, of=person)

    assert await refusal(later.id, by=await a_resident(of=person)) == "already_booked"


async def test_an_account_that_is_gone_books_nothing(database: None) -> None:
    slot = await a_slot()
    gone = replace(await a_resident(), id=uuid7())

    with pytest.raises(Unauthenticated):
        await book(slot.id, by=gone)

    assert await booked_of(slot.id) == 0


async def test_who_holds_the_last_seat_hears_that_and_not_that_it_is_full(database: None) -> None:
    slot, resident = await a_slot(capacity=1), await a_resident()
    await book(slot.id, by=resident)

    assert await refusal(slot.id, by=resident) == "already_booked"


async def test_only_items_that_take_bookings_are_booked(database: None) -> None:
    slot = await a_slot()
    walk_in = await an_item(appointment=False)

    assert await refusal(slot.id, item_code=walk_in.code) == "item_not_bookable"
    assert await refusal(slot.id, item_code="FW-XX-404") == "item_not_bookable"


@pytest.mark.parametrize(
    ("levels", "unit", "department", "served"),
    [
        (("community", "department"), STREET, "MZ", False),
        (("community", "department"), DISTRICT, "MZ", True),
        (("community", "department"), CITY, "MZ", False),
        (("community", "department"), CITY, "GJ", True),
        (("community", "department"), DISTRICT, "GJ", False),
        (("street",), STREET, "MZ", True),
        (("street",), DISTRICT, "MZ", False),
    ],
)
async def test_an_office_serves_what_its_level_handles(
    database: None, levels: tuple[str, ...], unit: str, department: str, *, served: bool
) -> None:
    slot = await a_slot(await an_office(await a_unit(unit)))
    item = await an_item(*levels, department=department)

    found = await refusal(slot.id, item_code=item.code)

    assert found == (None if served else "item_not_served")


async def test_a_department_serves_its_own_items(database: None) -> None:
    slot = await a_slot(await an_office(await a_department_unit("MZ")), capacity=2)
    own, other = await an_item(department="MZ"), await an_item(department="SF")

    assert await refusal(slot.id, item_code=own.code) is None
    assert await refusal(slot.id, item_code=other.code) == "item_not_served"


async def test_a_visit_for_ones_case_is_about_the_cases_item(database: None) -> None:
    slot, resident = await a_slot(capacity=9), await a_resident()
    item, other = await an_item(appointment=False), await an_item()
    case = await a_case(resident.id, item)

    booked = await book(slot.id, by=resident, case_id=case.id)

    assert booked.case_id == case.id
    assert booked.item_code == item.code
    assert await refusal(slot.id, case_id=case.id) == "case_not_found"
    mixed = await refusal(slot.id, by=resident, case_id=case.id, item_code=other.code)
    assert mixed == "item_not_of_case"


async def test_the_answer_is_stored_with_the_seat_and_only_then(database: None) -> None:
    slot, resident = await a_slot(capacity=1), await a_resident()
    asked = keys.once("resident:1", "k1", method="POST", path="/appointments", body=b"{}")
    late = keys.once("resident:2", "k2", method="POST", path="/appointments", body=b"{}")

    booked = await book(slot.id, by=resident, once=asked)
    with pytest.raises(Conflict):
        await book(slot.id, by=await a_resident(), once=late)

    stored = await keys.answered(asked)
    assert stored is not None
    assert stored.status == 201
    assert str(booked.id).encode() in stored.body
    assert await keys.answered(late) is None


async def test_a_key_used_for_another_effect_undoes_the_second(database: None) -> None:
    first, second = await a_slot(), await a_slot(starts_at=noon(days=3))
    resident = await a_resident()
    asked = keys.once("resident:1", "k1", method="POST", path="/appointments", body=b"{}")
    await book(first.id, by=resident, once=asked)

    with pytest.raises(Conflict) as refused:
        await book(second.id, by=resident, once=asked)

    assert refused.value.code == "idempotency_key_in_flight"
    assert await booked_of(second.id) == 0
    assert await IdempotencyKey.all().count() == await Message.all().count() == 1


async def refusal(slot_id: UUID, **asked: Any) -> str | None:
    """The code a booking is refused with, or None if it is made."""
    by = asked.pop("by", None) or await a_resident()
    try:
        await book(slot_id, by=by, **asked)
    except (Conflict, Invalid, NotFound) as refused:
        return refused.code
    return None


async def a_case(resident_id: UUID, item: ServiceItem) -> Case:
    now = timezone.now()
    community, department = await a_unit(), await a_department_unit()
    return await Case.create(
        number="210102202611230000019",
        resident_id=resident_id,
        filed_by=FiledBy.ACCOUNT,
        filed_by_id=resident_id,
        item=item,
        item_version=await ItemVersion.get(item=item),
        community=community,
        community_path=community.path,
        department_unit=department,
        status=CaseStatus.SUBMITTED,
        step=0,
        holder=community,
        holder_since=now,
        submitted_at=now,
        notice_due_at=now,
        query_code_sealed=b"",
        created_at=clock.now(),
    )
