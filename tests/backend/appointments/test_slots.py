from datetime import date, datetime

import pytest

from backend.appointments.plan import slots
from backend.appointments.plan.offices import open_offices
from config import clock
from config.clock import CITY_TIME
from models import Office, OpeningHours, Slot
from tests.backend.appointments.factories import a_department_unit, a_unit, an_office, some_hours

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "weekday"),
    [
        (MONDAY, 1),
        (date(2026, 11, 28), 6),
        (date(2026, 10, 1), None),  # 国庆节
        (date(2026, 10, 10), 1),  # a Saturday made up for the holiday
        (date(2026, 2, 14), 1),
    ],
)
def test_a_day_keeps_the_hours_of_its_weekday_make_up_days_those_of_monday(
    day: date, weekday: int | None
) -> None:
    assert slots.weekday_kept(day) == weekday


async def test_hours_become_slots_with_a_seat_for_each_desk(database: None) -> None:
    office = await an_office()
    await some_hours(office, opens="09:00", closes="10:45", desks=3)

    made = await slots.extend(start=MONDAY, days=0, now=clock.now())

    found = await Slot.all().order_by("starts_at")
    assert made == 3
    assert [slot.starts_at.astimezone(CITY_TIME) for slot in found] == [
        datetime(2026, 11, 23, 9, tzinfo=CITY_TIME),
        datetime(2026, 11, 23, 9, 30, tzinfo=CITY_TIME),
        datetime(2026, 11, 23, 10, tzinfo=CITY_TIME),
    ]
    assert {(slot.capacity, slot.booked) for slot in found} == {(3, 0)}
    assert (found[0].ends_at - found[0].starts_at).total_seconds() == 1800


async def test_making_them_again_adds_only_what_is_missing(database: None) -> None:
    office = await an_office()
    await some_hours(office)
    await slots.extend(start=MONDAY, days=0, now=clock.now())
    await Slot.filter(starts_at=datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)).update(capacity=9)
    await some_hours(office, weekday=1, opens="14:00", closes="15:00")

    assert await slots.extend(start=MONDAY, days=0, now=clock.now()) == 2
    assert await slots.extend(start=MONDAY, days=0, now=clock.now()) == 0

    assert await Slot.filter(capacity=9).count() == 1


async def test_closed_offices_holidays_and_weekends_get_none(database: None) -> None:
    closed = await an_office(active=False)
    await some_hours(closed)
    office = await an_office()
    for weekday in range(1, 6):
        await some_hours(office, weekday=weekday, closes="09:30")

    made = await slots.extend(start=date(2026, 9, 28), days=14, now=clock.now())

    days = {slot.starts_at.astimezone(CITY_TIME).date() for slot in await Slot.all()}
    assert made == len(days)
    assert days == {
        *(date(2026, 9, day) for day in (28, 29, 30)),
        *(date(2026, 10, day) for day in (8, 9, 10, 12)),
    }


async def test_the_next_fourteen_days_are_made_from_today(database: None) -> None:
    office = await an_office()
    for weekday in range(1, 8):
        await some_hours(office, weekday=weekday, closes="09:30")

    await slots.extend(now=clock.now())

    days = {slot.starts_at.astimezone(CITY_TIME).date() for slot in await Slot.all()}
    assert days <= {
        date.fromordinal(clock.city_day(clock.now()).toordinal() + n) for n in range(15)
    }
    assert len(days) >= 5


async def test_each_unit_with_a_plan_opens_one_office_with_hours(database: None) -> None:
    await a_unit()
    await a_department_unit()

    assert await open_offices(now=clock.now()) == 5
    assert await open_offices(now=clock.now()) == 0

    hall = await Office.get(unit_id="210102000000")
    registry = await Office.get(unit_id="210102-MZ")
    station = await Office.get(unit_id="210102001001")
    assert hall.name == "和平区政务服务中心"
    assert station.address == "沈阳市和平区浑河湾街道文安路社区"
    assert await OpeningHours.filter(office=station).count() == 10
    assert (registry.code, registry.name) == ("210102-MZ-01", "和平区婚姻登记处")
    assert registry.items == ["FW-MZ-009"]
    assert registry.lat
    assert registry.lng


async def test_a_day_has_the_bounds_of_the_city(database: None) -> None:
    first, last = slots.day_bounds(MONDAY)

    assert first.isoformat() == "2026-11-23T00:00:00+08:00"
    assert last.isoformat() == "2026-11-24T00:00:00+08:00"
