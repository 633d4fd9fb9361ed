import asyncio
from datetime import date

import pytest

from backend import audit
from backend.appointments import alignment, closures, days, operations, queries, slots
from backend.appointments.slots import CITY_TIME
from backend.errors import ServiceError
from miniprogram_api.appointment_views import day_view
from models import AccessRecord, Appointment, Message, OfficeClosure, Slot
from tests.backend.appointments.factories import (
    a_resident,
    a_slot,
    an_office,
    book,
    noon,
    some_hours,
)

TOMORROW = noon(days=1)
DAY = TOMORROW.date()
WHY = "停电检修"

pytestmark = pytest.mark.usefixtures("database")


async def close(slot: Slot, day: date = DAY) -> int:
    office_id = (await slot.office).id
    return await closures.close(office_id, day, reason=WHY, by=audit.OPERATOR)


async def refusal(slot: Slot) -> str:
    with pytest.raises(ServiceError) as refused:
        await book(slot.id, by=await a_resident())
    return refused.value.code


async def test_each_booking_of_the_day_is_cancelled_and_told_and_no_other() -> None:
    slot = await a_slot(starts_at=TOMORROW, capacity=5)
    office = await slot.office
    next_day = await a_slot(office, starts_at=noon(days=2))
    elsewhere = await a_slot(starts_at=TOMORROW)
    for place in (slot, slot, next_day, elsewhere):
        await book(place.id, by=await a_resident())
    touched = await closures.touched(office.id, DAY)
    assert [one.seat.slot_id for one in touched] == [slot.id, slot.id]

    assert await close(slot) == 2

    cancelled = await Appointment.filter(status="cancelled")
    told = [await queries.one_of_resident(one.id, one.resident_id) for one in cancelled]  # type: ignore[attr-defined]
    reasons = [(one.seat.slot_id, one.cancel_reason) for one in told]
    assert reasons == [(slot.id, f"网点当天停止办理：{WHY}")] * 2
    assert await Message.filter(kind="appointment.close").count() == 2
    assert "停止办理" in (await Message.filter(kind="appointment.close"))[0].body
    assert (await AccessRecord.get(action="close_office")).object_id == str(office.id)
    assert await refusal(slot) == "slot_full"
    assert await queries.slots_of_office(office.id, DAY) == []
    assert len(await queries.slots_of_office(office.id, noon(days=2).date())) == 1


async def test_the_offices_days_name_the_closure_and_no_seat_of_that_day() -> None:
    slot = await a_slot(starts_at=TOMORROW, capacity=5)
    office = await slot.office
    await a_slot(office, starts_at=noon(days=2), capacity=5)
    await close(slot)

    shut, next_day = [
        day_view(day) for day in await days.of_office(office.id, DAY, noon(days=2).date())
    ]

    assert (shut["open"], shut["available"], shut["closed"]) == (False, 0, "closure")
    assert shut["closed_text"] == f"当天停止办理：{WHY}"
    assert (next_day["open"], next_day["available"], next_day["closed_text"]) == (True, 5, None)


async def test_closing_again_does_nothing_more() -> None:
    slot = await a_slot(starts_at=TOMORROW, capacity=5)
    await book(slot.id, by=await a_resident())

    assert [await close(slot) for _ in range(3)] == [1, 0, 0]

    assert await OfficeClosure.all().count() == 1
    assert await AccessRecord.filter(action="close_office").count() == 1
    assert await Message.filter(kind="appointment.close").count() == 1


async def test_what_a_dead_command_left_is_done_by_the_next() -> None:
    slot = await a_slot(starts_at=TOMORROW, capacity=5)
    await OfficeClosure.create(office_id=(await slot.office).id, day=DAY, reason=WHY)
    await book(slot.id, by=await a_resident())

    assert await close(slot) == 1


async def test_nobody_books_moves_or_cancels_a_seat_into_the_closed_day() -> None:
    for turn in range(3):
        day = noon(days=1 + turn)
        office = await an_office()
        slot = await a_slot(office, starts_at=day, capacity=30)
        away = await a_slot(starts_at=noon(days=9 + turn), capacity=30)
        residents = [await a_resident() for _ in range(24)]
        held = [await book(slot.id, by=by) for by in residents[:8]]
        moving = [await book(away.id, by=by) for by in residents[8:16]]

        await asyncio.gather(
            close(slot, day.date()),
            *(operations.cancel(one.id, by=by) for one, by in zip(held, residents, strict=False)),
            *(
                operations.reschedule(one.id, by=by, slot_id=slot.id)
                for one, by in zip(moving, residents[8:16], strict=True)
            ),
            *(book(slot.id, by=by) for by in residents[16:]),
            return_exceptions=True,
        )

        assert await Appointment.filter(slot_id=slot.id, status="booked").count() == 0
        after = await Slot.get(id=slot.id)
        assert (after.booked, after.capacity) == (0, 0)
        assert await refusal(slot) == "slot_full"


async def test_no_slots_are_made_for_a_closed_day_and_none_gets_its_seats_back() -> None:
    office = await an_office()
    today = slots.today()
    for weekday in range(1, 8):
        await some_hours(office, weekday=weekday)
    await slots.extend()
    ahead = await Slot.filter(office=office, starts_at__gt=noon(days=1)).order_by("starts_at")
    booked = ahead[0]
    day = booked.starts_at.astimezone(CITY_TIME).date()
    assert day > today
    await book(booked.id, by=await a_resident())
    await close(booked, day)

    await slots.extend()
    await alignment.align()

    assert await queries.slots_of_office(office.id, day) == []
    assert (await Slot.get(id=booked.id)).capacity == 0
