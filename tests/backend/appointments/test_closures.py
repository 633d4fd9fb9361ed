import asyncio
import contextlib
from datetime import date, timedelta

import pytest

from backend import audit
from backend.appointments.acts import cancelling, closures, moving
from backend.appointments.plan import alignment, slots
from backend.appointments.plan.alignment import Aligned
from backend.appointments.reading import days, queries
from backend.appointments.rules.refusals import OfficeClosed
from backend.errors import ServiceError
from config import clock
from config.clock import CITY_TIME
from miniprogram_api.endpoints.appointment_views import day_view
from models import AccessRecord, Appointment, Message, OfficeClosure, Resident, Slot
from tests.accounts import a_person
from tests.backend.appointments.factories import (
    a_resident,
    a_slot,
    an_office,
    at_a_window,
    book,
    noon,
    some_hours,
)

TOMORROW = noon(days=1)
DAY = TOMORROW.date()
# A midnight may have come since: it follows from the same day.
NEXT = TOMORROW + timedelta(days=1)
WHY = "停电检修"

pytestmark = pytest.mark.usefixtures("database")


async def close(slot: Slot, day: date = DAY) -> int:
    office_id = (await slot.office).id
    return await closures.close(office_id, day, reason=WHY, by=audit.OPERATOR, now=clock.now())


async def refusal(slot: Slot) -> str:
    with pytest.raises(ServiceError) as refused:
        await book(slot.id, by=await a_resident())
    return refused.value.code


async def test_each_booking_of_the_day_is_cancelled_and_told_and_no_other() -> None:
    slot = await a_slot(starts_at=TOMORROW, capacity=5)
    office = await slot.office
    next_day = await a_slot(office, starts_at=NEXT)
    elsewhere = await a_slot(starts_at=TOMORROW)
    for place in (slot, slot, next_day, elsewhere):
        await book(place.id, by=await a_resident())
    touched = await closures.touched(office.id, DAY, now=clock.now())
    assert [one.slot.id for one in touched] == [slot.id, slot.id]

    assert await close(slot) == 2

    cancelled = await Appointment.filter(status="cancelled")
    told = [await queries.one_of_resident(one.id, one.resident_id) for one in cancelled]  # type: ignore[attr-defined]
    reasons = [(one.slot.id, one.cancel_reason) for one in told]
    assert reasons == [(slot.id, f"网点当天停止办理：{WHY}")] * 2
    assert await Message.filter(kind="appointment.close").count() == 2
    assert "停止办理" in (await Message.filter(kind="appointment.close"))[0].body
    assert (await AccessRecord.get(action="close_office")).object_id == str(office.id)
    assert (await Slot.get(id=slot.id)).capacity == 0
    assert await queries.slots_of_office(office.id, DAY, now=clock.now()) == []
    assert len(await queries.slots_of_office(office.id, NEXT.date(), now=clock.now())) == 1


async def test_the_offices_days_name_the_closure_and_no_seat_of_that_day() -> None:
    slot = await a_slot(starts_at=TOMORROW, capacity=5)
    office = await slot.office
    await a_slot(office, starts_at=NEXT, capacity=5)
    await close(slot)

    shut, next_day = [
        day_view(day) for day in await days.of_office(office.id, DAY, NEXT.date(), now=clock.now())
    ]

    assert (shut["open"], shut["available"], shut["closed"]) == (False, 0, "closure")
    assert shut["closed_text"] == f"当天停止办理：{WHY}"
    assert (next_day["open"], next_day["available"], next_day["closed_text"]) == (True, 5, None)


async def test_who_comes_for_a_closed_day_hears_that_it_is_closed_not_full() -> None:
    slot = await a_slot(starts_at=TOMORROW)
    by = await a_resident()
    held = await book((await a_slot(starts_at=NEXT)).id, by=by)
    await close(slot)

    with pytest.raises(OfficeClosed, match="这个网点当天停止办理，请换一天或换一个网点"):
        await book(slot.id, by=await a_resident())
    with pytest.raises(OfficeClosed, match="当天停止办理"):
        await moving.reschedule(held.id, by=by, slot_id=slot.id, now=clock.now())


async def test_who_has_no_account_loses_the_seat_and_is_told_by_the_window() -> None:
    slot = await a_slot(starts_at=TOMORROW, capacity=5)
    person = await a_person()
    held = await at_a_window(slot.id, of=person)
    await Resident.filter(person_id=person.id).update(person_id=None, assurance="wechat")

    assert await close(slot) == 1

    assert (await Appointment.get(id=held)).status == "cancelled"
    assert (await Message.get(kind="appointment.close")).person_id == person.id


async def test_closing_again_does_nothing_more() -> None:
    slot = await a_slot(starts_at=TOMORROW, capacity=5)
    await book(slot.id, by=await a_resident())

    assert [await close(slot) for _ in range(3)] == [1, 0, 0]

    assert await OfficeClosure.all().count() == 1
    assert await AccessRecord.filter(action="close_office").count() == 1
    assert await Message.filter(kind="appointment.close").count() == 1


async def test_what_a_dead_command_left_is_done_by_the_next() -> None:
    slot = await a_slot(starts_at=TOMORROW, capacity=5)
    await OfficeClosure.create(
        office_id=(await slot.office).id, day=DAY, reason=WHY, created_at=clock.now()
    )
    await book(slot.id, by=await a_resident())

    assert await close(slot) == 1


async def an_open_day() -> Slot:
    """The first slot of the next day on which an office with hours is open."""
    office = await an_office()
    for weekday in range(1, 8):
        await some_hours(office, weekday=weekday)
    await slots.extend(now=clock.now())
    ahead = await Slot.filter(office=office, starts_at__gt=TOMORROW).order_by("starts_at")
    return ahead[0]


def day_of(slot: Slot) -> date:
    return slot.starts_at.astimezone(CITY_TIME).date()


async def reopen(slot: Slot) -> int | None:
    return await closures.reopen(
        (await slot.office).id, day_of(slot), by=audit.OPERATOR, now=clock.now()
    )


async def seats(slot: Slot) -> list[tuple[int, int]]:
    """Capacity and bookings of each slot of its day, by time."""
    begun, ended = slots.day_bounds(day_of(slot))
    found = Slot.filter(
        office_id=(await slot.office).id, starts_at__gte=begun, starts_at__lt=ended
    ).order_by("starts_at")
    return [(one.capacity, one.booked) for one in await found]


async def test_a_day_opened_again_has_its_seats_and_what_was_cancelled_stays_so() -> None:
    slot = await an_open_day()
    before = await seats(slot)
    held = await book(slot.id, by=await a_resident())
    await close(slot, day_of(slot))
    assert {capacity for capacity, _ in await seats(slot)} == {0}

    assert [await reopen(slot) for _ in range(3)] == [sum(c for c, _ in before), None, None]

    assert await seats(slot) == before
    assert (await Appointment.get(id=held.id)).status == "cancelled"
    assert (await AccessRecord.get(action="reopen_office")).details["day"] == str(day_of(slot))
    await book(slot.id, by=await a_resident())
    assert await close(slot, day_of(slot)) == 1


async def test_slots_that_were_not_made_while_it_was_closed_are_made() -> None:
    slot = await an_open_day()
    before = await seats(slot)
    await close(slot, day_of(slot))
    await alignment.align_day(day_of(slot), Aligned(), now=clock.now())
    assert await seats(slot) == []

    assert await reopen(slot) == sum(capacity for capacity, _ in before)

    assert await seats(slot) == before


@pytest.mark.parametrize("beyond", [0, 1])
async def test_a_day_that_has_no_slots_yet_gets_none_by_being_opened(beyond: int) -> None:
    slot = await a_slot(starts_at=noon(days=slots.DAYS_AHEAD + beyond))
    office = await slot.office
    await some_hours(office, weekday=slot.starts_at.astimezone(CITY_TIME).isoweekday())
    await slot.delete()
    await close(slot, day_of(slot))

    seats = await reopen(slot)

    # The last day of those that have slots gets them, unless it is a holiday.
    made = not beyond and slots.weekday_kept(day_of(slot)) is not None
    assert (bool(seats), await Slot.all().count() > 0) == (made, made)


async def test_while_it_opens_no_seat_is_given_twice_and_none_is_lost() -> None:
    for _ in range(3):
        slot = await an_open_day()
        capacity, _ = (await seats(slot))[0]
        await close(slot, day_of(slot))
        residents = [await a_resident() for _ in range(capacity + 8)]

        await asyncio.gather(
            reopen(slot),
            *(book(slot.id, by=by) for by in residents),
            return_exceptions=True,
        )

        for by in residents:
            with contextlib.suppress(ServiceError):
                await book(slot.id, by=by)
        assert (await seats(slot))[0] == (capacity, capacity)
        held = await Appointment.filter(slot_id=slot.id, status="booked").count()
        assert held == capacity


async def test_who_closes_and_who_opens_at_once_leave_a_day_that_is_one_of_both() -> None:
    for _ in range(4):
        slot = await an_open_day()
        before = [capacity for capacity, _ in await seats(slot)]
        for _ in range(before[0]):
            await book(slot.id, by=await a_resident())

        ended = await asyncio.gather(
            *(close(slot, day_of(slot)) for _ in range(4)),
            *(reopen(slot) for _ in range(4)),
            return_exceptions=True,
        )

        assert not [one for one in ended if isinstance(one, BaseException)]
        shut = await OfficeClosure.filter(office=await slot.office, day=day_of(slot)).exists()
        after = await seats(slot)
        held = await Appointment.filter(slot_id=slot.id, status="booked").count()
        assert held == after[0][1]
        if shut:
            assert {capacity for capacity, _ in after} == {0}
        else:
            assert [capacity for capacity, _ in after] == before


async def test_nobody_books_moves_or_cancels_a_seat_into_the_closed_day() -> None:
    for turn in range(3):
        day = noon(days=1 + turn)
        office = await an_office()
        slot = await a_slot(office, starts_at=day, capacity=30)
        away = await a_slot(starts_at=noon(days=9 + turn), capacity=30)
        residents = [await a_resident() for _ in range(24)]
        held = [await book(slot.id, by=by) for by in residents[:8]]
        movers = [await book(away.id, by=by) for by in residents[8:16]]

        await asyncio.gather(
            close(slot, day.date()),
            *(
                cancelling.cancel(one.id, by=by, now=clock.now())
                for one, by in zip(held, residents, strict=False)
            ),
            *(
                moving.reschedule(one.id, by=by, slot_id=slot.id, now=clock.now())
                for one, by in zip(movers, residents[8:16], strict=True)
            ),
            *(book(slot.id, by=by) for by in residents[16:]),
            return_exceptions=True,
        )

        assert await Appointment.filter(slot_id=slot.id, status="booked").count() == 0
        after = await Slot.get(id=slot.id)
        assert (after.booked, after.capacity) == (0, 0)
        assert await refusal(slot) == "office_closed"


async def test_no_slots_are_made_for_a_closed_day_and_none_gets_its_seats_back() -> None:
    office = await an_office(code="210102001001")
    today = clock.city_day(clock.now())
    for weekday in range(1, 8):
        await some_hours(office, weekday=weekday)
    await slots.extend(now=clock.now())
    ahead = await Slot.filter(office=office, starts_at__gt=noon(days=1)).order_by("starts_at")
    booked = ahead[0]
    day = booked.starts_at.astimezone(CITY_TIME).date()
    assert day > today
    await book(booked.id, by=await a_resident())
    await close(booked, day)

    await slots.extend(now=clock.now())
    await alignment.align(now=clock.now())

    assert await queries.slots_of_office(office.id, day, now=clock.now()) == []
    assert (await Slot.get(id=booked.id)).capacity == 0
