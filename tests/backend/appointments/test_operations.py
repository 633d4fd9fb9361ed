from dataclasses import replace

import pytest
from tortoise import timezone

from backend.appointments.acts.cancelling import cancel
from backend.appointments.acts.moving import reschedule
from backend.catalogue import queries as catalogue
from backend.errors import Conflict, Invalid, NotFound
from config import clock
from models import (
    Appointment,
    AppointmentStatus,
    ItemVersion,
    Message,
    Slot,
    VersionStatus,
    uuid7,
)
from tests.backend.appointments.factories import (
    DISTRICT,
    a_resident,
    a_slot,
    a_unit,
    an_item,
    an_office,
    become_known,
    book,
    booked_of,
    noon,
)


async def test_cancelling_gives_the_seat_back_and_tells(database: None) -> None:
    slot, resident = await a_slot(), await a_resident()
    booked = await book(slot.id, by=resident)

    cancelled = await cancel(booked.id, by=resident, reason="临时有事", now=clock.now())

    assert (cancelled.status, cancelled.version) == ("cancelled", 2)
    assert cancelled.cancel_reason == "临时有事"
    assert await booked_of(slot.id) == 0
    kinds = [message.kind for message in await Message.all().order_by("id")]
    assert kinds == ["appointment.book", "appointment.cancel"]


async def test_cancelling_again_changes_and_tells_nothing(database: None) -> None:
    slot, resident = await a_slot(), await a_resident()
    booked = await book(slot.id, by=resident)
    first = await cancel(booked.id, by=resident, reason="临时有事", now=clock.now())

    assert await cancel(booked.id, by=resident, reason="别的", now=clock.now()) == first

    assert await booked_of(slot.id) == 0
    assert await Message.filter(kind="appointment.cancel").count() == 1


async def test_after_cancelling_the_day_is_free_again(database: None) -> None:
    slot, resident = await a_slot(), await a_resident()
    booked = await book(slot.id, by=resident)
    await cancel(booked.id, by=resident, now=clock.now())

    again = await book(slot.id, by=resident)

    assert again.number != booked.number


async def test_rescheduling_keeps_number_and_code_and_moves_the_seat(database: None) -> None:
    item, resident = await an_item(), await a_resident()
    old, hall = await a_slot(), await an_office(await a_unit(DISTRICT))
    new = await a_slot(hall, starts_at=noon(days=3))
    booked = await book(old.id, by=resident, item_code=item.code)

    moved = await reschedule(booked.id, by=resident, slot_id=new.id, now=clock.now())

    assert moved == replace(booked, slot=moved.slot, version=2)
    assert (moved.slot.id, moved.slot.starts_at) == (new.id, new.starts_at)
    assert moved.slot.office.id == hall.id
    assert (await booked_of(old.id), await booked_of(new.id)) == (0, 1)
    assert await Appointment.filter(day=noon(days=3).date(), office=hall).count() == 1
    assert await Message.filter(kind="appointment.reschedule").count() == 1


async def test_rescheduling_to_a_full_slot_keeps_the_old_seat(database: None) -> None:
    old, full, resident = await a_slot(), await a_slot(), await a_resident()
    await book(full.id, by=await a_resident())
    booked = await book(old.id, by=resident)

    with pytest.raises(Conflict) as refused:
        await reschedule(booked.id, by=resident, slot_id=full.id, now=clock.now())

    assert refused.value.code == "slot_full"
    assert (await booked_of(old.id), await booked_of(full.id)) == (1, 1)
    assert (await Appointment.get(id=booked.id)).version == 1
    assert await Message.filter(kind="appointment.reschedule").count() == 0


async def test_rescheduling_onto_a_day_already_booked_keeps_both_as_they_are(
    database: None,
) -> None:
    resident = await a_resident()
    first, second, third = [await a_slot(starts_at=noon(days=n)) for n in (1, 2, 2)]
    booked = await book(first.id, by=resident)
    await book(second.id, by=resident)

    with pytest.raises(Conflict) as refused:
        await reschedule(booked.id, by=resident, slot_id=third.id, now=clock.now())

    assert refused.value.code == "already_booked"
    assert (await booked_of(first.id), await booked_of(third.id)) == (1, 0)


async def test_a_person_who_became_known_moves_under_the_new_key(database: None) -> None:
    stranger = await a_resident()
    first, second, third = [await a_slot(starts_at=noon(days=n)) for n in (1, 2, 2)]
    old = await book(first.id, by=stranger)
    known = await become_known(stranger)
    await book(second.id, by=known)

    with pytest.raises(Conflict) as refused:
        await reschedule(old.id, by=known, slot_id=third.id, now=clock.now())

    assert refused.value.code == "already_booked"


async def test_rescheduling_to_its_own_slot_changes_nothing(database: None) -> None:
    slot, resident = await a_slot(), await a_resident()
    booked = await book(slot.id, by=resident)

    assert await reschedule(booked.id, by=resident, slot_id=slot.id, now=clock.now()) == booked

    assert await Message.all().count() == 1


async def test_rescheduling_where_the_item_is_not_served_is_refused(database: None) -> None:
    item, resident = await an_item("community"), await a_resident()
    booked = await book((await a_slot()).id, by=resident, item_code=item.code)
    hall = await a_slot(await an_office(await a_unit(DISTRICT)))

    with pytest.raises(Invalid) as refused:
        await reschedule(booked.id, by=resident, slot_id=hall.id, now=clock.now())

    assert refused.value.code == "item_not_served"


async def test_of_an_item_that_is_offered_no_more_only_the_time_can_change(database: None) -> None:
    item, resident = await an_item(), await a_resident()
    here = await a_slot()
    booked = await book(here.id, by=resident, item_code=item.code)
    later = await a_slot(await here.office, starts_at=noon(days=2))
    hall = await a_slot(await an_office(await a_unit(DISTRICT)))
    await ItemVersion.filter(item=item).update(status=VersionStatus.WITHDRAWN)
    await catalogue.load()

    with pytest.raises(Invalid) as refused:
        await reschedule(booked.id, by=resident, slot_id=hall.id, now=clock.now())
    moved = await reschedule(booked.id, by=resident, slot_id=later.id, now=clock.now())

    assert refused.value.code == "item_unknown"
    assert (moved.slot.id, moved.item_code) == (later.id, item.code)


async def test_rescheduling_into_the_past_or_a_closed_office_is_refused(database: None) -> None:
    resident = await a_resident()
    booked = await book((await a_slot()).id, by=resident)
    past = await a_slot(starts_at=noon(days=-1))
    closed = await a_slot(await an_office(active=False))

    with pytest.raises(Conflict) as too_late:
        await reschedule(booked.id, by=resident, slot_id=past.id, now=clock.now())
    with pytest.raises(Conflict) as shut:
        await reschedule(booked.id, by=resident, slot_id=closed.id, now=clock.now())
    with pytest.raises(NotFound) as unknown:
        await reschedule(booked.id, by=resident, slot_id=uuid7(), now=clock.now())

    assert too_late.value.code == "slot_past"
    assert shut.value.code == "office_closed"
    assert unknown.value.code == "slot_not_found"


async def test_once_the_slot_has_begun_it_is_too_late(database: None) -> None:
    slot, other, resident = await a_slot(), await a_slot(), await a_resident()
    booked = await book(slot.id, by=resident)
    await Slot.filter(id=slot.id).update(starts_at=timezone.now())

    with pytest.raises(Conflict) as no_cancel:
        await cancel(booked.id, by=resident, now=clock.now())
    with pytest.raises(Conflict) as no_change:
        await reschedule(booked.id, by=resident, slot_id=other.id, now=clock.now())

    assert no_cancel.value.code == no_change.value.code == "slot_past"


@pytest.mark.parametrize("status", sorted(set(AppointmentStatus) - {AppointmentStatus.BOOKED}))
async def test_only_a_booked_appointment_moves(database: None, status: AppointmentStatus) -> None:
    slot, other, resident = await a_slot(), await a_slot(), await a_resident()
    booked = await book(slot.id, by=resident)
    await Appointment.filter(id=booked.id).update(status=status)

    with pytest.raises(Conflict) as no_change:
        await reschedule(booked.id, by=resident, slot_id=other.id, now=clock.now())

    assert no_change.value.code == "action_not_allowed"
    if status is not AppointmentStatus.CANCELLED:
        with pytest.raises(Conflict) as no_cancel:
            await cancel(booked.id, by=resident, now=clock.now())
        assert no_cancel.value.code == "action_not_allowed"


async def test_another_residents_appointment_is_not_found(database: None) -> None:
    slot, other = await a_slot(), await a_slot()
    booked = await book(slot.id, by=await a_resident())
    stranger = await a_resident()

    with pytest.raises(NotFound) as no_cancel:
        await cancel(booked.id, by=stranger, now=clock.now())
    with pytest.raises(NotFound) as no_change:
        await reschedule(booked.id, by=stranger, slot_id=other.id, now=clock.now())

    assert no_cancel.value.code == no_change.value.code == "appointment_not_found"
