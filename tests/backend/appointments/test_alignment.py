"""Changed data files take effect on offices and slots, and what is booked is kept and told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from tortoise.expressions import Q

from backend.appointments.plan import alignment, offices
from config import calendar, clock, sources
from config.clock import CITY_TIME
from config.database import connection
from config.settings import settings
from models import Office, OpeningHours, OrgUnit, Slot
from tests import stage
from tests.backend.appointments.factories import a_resident, a_unit, book
from tests.waiting import held_up

STATION = "210102001001"
PLAN = (
    "community: {name: 便民服务站, phone: 024-12345, desks: 2, slot_minutes: 30,"
    ' hours: [["08:30", "11:30"]]}\n'
)


BACKWARDS = """
WITH gone AS (DELETE FROM slot RETURNING *)
INSERT INTO slot (id, created_at, office_id, starts_at, ends_at, capacity, booked)
SELECT uuidv7(make_interval(mins => -row_number() OVER (ORDER BY starts_at)::int)),
       created_at, office_id, starts_at, ends_at, capacity, booked
FROM gone ORDER BY starts_at
"""
LOCK = "SELECT FROM slot WHERE id = $1 FOR NO KEY UPDATE"


class City:
    """A city whose own offices.yaml and holidays are written by the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self, text: str) -> None:
        """Write offices.yaml."""
        (self.folder / "offices.yaml").write_text(text, encoding="utf-8")

    def holiday(self, day: date) -> None:
        """Add a day off to its year's notice."""
        path = sources.find(f"calendar/{day.year}.yaml")
        text = path.read_text(encoding="utf-8") if path.exists() else NOTICE.format(day.year)
        own = self.folder / "calendar" / f"{day.year}.yaml"
        own.parent.mkdir(exist_ok=True)
        added = f"holidays:\n  - {{name: 节日, first: {day}, last: {day}}}"
        own.write_text(text.replace("holidays:", added, 1), encoding="utf-8")
        calendar.refresh()


NOTICE = (
    "year: {0}\nsource: 通知\nholidays:\n"
    "  - {{name: 元旦, first: {0}-01-01, last: {0}-01-01}}\nmake_up_days: []\n"
)


@pytest.fixture
async def city(
    database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[City]:
    monkeypatch.setenv("YIKOU_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    await a_unit()
    made = City(tmp_path)
    made.plan(PLAN)
    yield made
    monkeypatch.undo()
    settings.cache_clear()
    calendar.refresh()


def a_working_day() -> date:
    """A day ahead on which the offices open."""
    return calendar.add_working_days(clock.city_day(clock.now()) + timedelta(days=1), 2)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), CITY_TIME)


def ahead() -> Q:
    """The slots of tomorrow and later; today's may have begun."""
    return Q(starts_at__gte=at(clock.city_day(clock.now()) + timedelta(days=1), "00:00"))


async def times(day: date) -> list[str]:
    found = await Slot.filter(
        starts_at__gte=at(day, "00:00"), starts_at__lt=at(day, "23:59"), capacity__gt=0
    ).order_by("starts_at")
    return [each.starts_at.astimezone(CITY_TIME).strftime("%H:%M") for each in found]


async def test_repeating_it_changes_nothing(city: City) -> None:
    first = await alignment.align(now=clock.now())
    again = await alignment.align(now=clock.now())

    assert first.opened == 1
    assert first.made > 0
    assert again == alignment.Aligned()


async def test_changed_names_phones_and_hours_take_effect(city: City) -> None:
    await alignment.align(now=clock.now())
    await OrgUnit.filter(code=STATION).update(name="新名社区")
    city.plan(PLAN.replace("12345", "54321").replace('"08:30", "11:30"', '"09:00", "10:00"'))

    done = await alignment.align(now=clock.now())

    office = await Office.get()
    assert (office.name, office.phone) == ("新名社区便民服务站", "024-54321")
    assert office.address.endswith("新名社区")
    assert await OpeningHours.all().count() == 5
    assert await times(a_working_day()) == ["09:00", "09:30"]
    assert any("'024-12345' 改为 / becomes '024-54321'" in line for line in done.offices)
    assert done.removed > 0
    assert done.touched == []
    assert await alignment.align(now=clock.now()) == alignment.Aligned()


async def test_more_and_fewer_desks_change_the_seats_of_slots_that_exist(city: City) -> None:
    await alignment.align(now=clock.now())
    slot = await Slot.filter(starts_at=at(a_working_day(), "09:00")).get()
    await Slot.filter(id=slot.id).update(booked=2)

    city.plan(PLAN.replace("desks: 2", "desks: 5"))
    await alignment.align(now=clock.now())
    assert await Slot.filter(ahead(), capacity=5).count() == await Slot.filter(ahead()).count()

    city.plan(PLAN.replace("desks: 2", "desks: 1"))
    done = await alignment.align(now=clock.now())
    await slot.refresh_from_db()
    assert slot.capacity == 2
    others = await Slot.filter(ahead()).count() - 1
    assert await Slot.filter(ahead(), capacity=1).count() == others
    assert len(done.touched) == 1
    assert "kept for 2 booked, against the new hours or desks" in done.touched[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [("desks: 2", "desks: 5"), ('"08:30", "11:30"', '"13:00", "15:00"')],
    ids=["changed", "removed"],
)
async def test_it_locks_a_days_slots_by_id_like_who_moves_a_booking(
    city: City, before: str, after: str
) -> None:
    await alignment.align(now=clock.now())
    # Ids that go against the order of the rows.
    await connection().execute_query(BACKWARDS)
    day = a_working_day()
    of_day = Slot.filter(starts_at__gte=at(day, "00:00"), starts_at__lt=at(day, "23:59"))
    ids = await of_day.order_by("id").values_list("id", flat=True)
    city.plan(PLAN.replace(before, after))

    async with stage.owner() as mover, mover.transaction():
        await mover.execute(LOCK, ids[0])
        aligned = asyncio.ensure_future(alignment.align(now=clock.now()))
        await held_up(mover)
        await mover.execute(LOCK, ids[-1])

    done = await aligned
    assert done.changed + done.removed > 0
    assert await alignment.align(now=clock.now()) == alignment.Aligned()


async def test_a_holiday_added_later_takes_the_free_slots_and_tells_of_the_booked(
    city: City,
) -> None:
    await alignment.align(now=clock.now())
    day = a_working_day()
    await Slot.filter(starts_at=at(day, "09:30")).update(booked=1)

    city.holiday(day)
    done = await alignment.align(now=clock.now())

    assert await times(day) == ["09:30"]
    assert (await Slot.get(starts_at=at(day, "09:30"))).capacity == 1
    assert done.removed == 5
    assert len(done.touched) == 1
    assert f"{day} 09:30" in done.touched[0]


async def test_an_office_without_a_plan_ends_with_its_slots_and_comes_back_with_it(
    city: City,
) -> None:
    await alignment.align(now=clock.now())
    city.plan(PLAN.replace("community:", "street:"))

    done = await alignment.align(now=clock.now())

    assert not (await Office.get(unit_id=STATION)).active
    assert any("已停办 / ended" in line for line in done.offices)
    assert not await Slot.filter(ahead(), office__unit_id=STATION).exists()
    city.plan(PLAN)
    assert any("重新开放" in line for line in (await alignment.align(now=clock.now())).offices)
    assert (await Office.get(unit_id=STATION)).active
    assert await times(a_working_day()) != []


async def test_an_office_of_an_ended_unit_ends(city: City) -> None:
    await alignment.align(now=clock.now())
    await OrgUnit.filter(code=STATION).update(
        valid_to=clock.city_day(clock.now()) - timedelta(days=1)
    )

    await alignment.align(now=clock.now())

    assert not (await Office.get()).active
    assert await Slot.filter(ahead()).count() == 0


async def test_bookings_ahead_of_an_office_that_would_end_are_told_by_day(city: City) -> None:
    await alignment.align(now=clock.now())
    assert await offices.still_booked([STATION], now=clock.now()) == []
    slot = (await Slot.filter(starts_at__gte=at(a_working_day(), "00:00")).order_by("starts_at"))[0]
    await book(slot.id, by=await a_resident())
    day = slot.starts_at.astimezone(CITY_TIME).date()

    for told in (await offices.still_booked([STATION], now=clock.now()), await beyond_plans(city)):
        [line] = told
        assert f"yikou office close {STATION} {day} --reason" in line
    assert await offices.still_booked([], now=clock.now()) == []


async def beyond_plans(city: City) -> list[str]:
    """What is booked where no plan stands for an office; the plan is as before then."""
    city.plan(PLAN.replace("community:", "street:"))
    told = await offices.still_booked([], now=clock.now())
    city.plan(PLAN)
    return told
