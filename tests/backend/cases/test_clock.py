from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.clock import limits
from backend.cases.clock.limits import Light, Unit
from config import calendar
from config.clock import CITY_TIME

DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2026, 11, 30))


@pytest.mark.parametrize(
    ("start", "days", "unit", "due"),
    [
        # An ordinary week: the day of acceptance is not counted.
        (date(2026, 3, 9), 5, Unit.WORKING_DAY, date(2026, 3, 16)),
        # 清明节 off from Saturday to Monday.
        (date(2026, 4, 3), 1, Unit.WORKING_DAY, date(2026, 4, 7)),
        # 国庆节 off 1-7 October, the make-up Saturday 10 October counts.
        (date(2026, 9, 30), 3, Unit.WORKING_DAY, date(2026, 10, 10)),
        # 春节 2026 with make-up days on 14 and 28 February.
        (date(2026, 2, 13), 2, Unit.WORKING_DAY, date(2026, 2, 24)),
        # Year's end: the Thursday is New Year's Day 2026.
        (date(2025, 12, 30), 2, Unit.WORKING_DAY, date(2026, 1, 4)),
        # On the spot: the same day, or the next working day if accepted on a day off.
        (date(2026, 3, 9), 0, Unit.WORKING_DAY, date(2026, 3, 9)),
        (date(2026, 3, 14), 0, Unit.WORKING_DAY, date(2026, 3, 16)),
        # Calendar days run through, but do not end on a day off (民法典 203).
        (date(2026, 3, 2), 15, Unit.CALENDAR_DAY, date(2026, 3, 17)),
        (date(2026, 9, 20), 15, Unit.CALENDAR_DAY, date(2026, 10, 8)),
    ],
)
def test_a_limit_ends_where_the_law_says(start: date, days: int, unit: Unit, due: date) -> None:
    assert limits.due_day(start, days, unit) == due


def test_a_limit_ends_with_the_last_second_of_its_day_in_the_city() -> None:
    accepted = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)  # already the 10th in Shenyang

    due = limits.due_at(accepted, 1, Unit.WORKING_DAY)

    assert due == datetime(2026, 3, 11, 23, 59, 59, tzinfo=CITY_TIME)


@given(start=DAYS, days=st.integers(0, 60), unit=st.sampled_from(Unit))
def test_the_lines_add_up_to_the_limit_and_end_on_the_due_day(
    start: date, days: int, unit: Unit
) -> None:
    lines = [line for line in limits.lines(start, days, unit) if line.kind != "notice"]

    due = limits.due_day(start, days, unit)
    assert lines[0].first == start
    assert lines[-1].last == due
    if unit is Unit.CALENDAR_DAY or days > 0:
        assert sum(line.days for line in lines) == days
    for earlier, later in pairwise(lines):
        assert later.first == earlier.last + timedelta(days=1)


@given(start=DAYS, days=st.integers(1, 60))
def test_an_outsider_counts_to_the_same_day_from_the_lines_alone(start: date, days: int) -> None:
    counted, day = 0, start
    lines = limits.lines(start, days, Unit.WORKING_DAY)
    while counted < days:
        day += timedelta(days=1)
        line = next(
            line for line in lines if line.first <= day <= line.last and line.kind != "start"
        )
        counted += line.kind in {"working", "make_up"}

    assert day == limits.due_day(start, days, Unit.WORKING_DAY)


def test_the_lines_say_when_a_year_is_not_published() -> None:
    assert not calendar.published(2027)

    lines = limits.lines(date(2026, 12, 28), 10, Unit.WORKING_DAY)

    assert "2027年节假日安排尚未公布" in lines[-1].text


@pytest.mark.parametrize(
    ("due", "light"),
    [
        (None, Light.GREY),
        (datetime(2026, 3, 9, 9, 59, tzinfo=CITY_TIME), Light.RED),
        (datetime(2026, 3, 9, 23, 59, 59, tzinfo=CITY_TIME), Light.YELLOW),
        (datetime(2026, 3, 11, 23, 59, 59, tzinfo=CITY_TIME), Light.YELLOW),
        (datetime(2026, 3, 12, 23, 59, 59, tzinfo=CITY_TIME), Light.GREEN),
    ],
)
def test_the_light_turns_yellow_two_working_days_before_the_end(
    due: datetime | None, light: Light
) -> None:
    assert limits.light(due, datetime(2026, 3, 9, 10, 0, tzinfo=CITY_TIME)) is light
