"""The working-day calendar, held against an independent package and against its own laws."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import calendar

YEARS = (2025, 2026)
DAYS = st.dates(min_value=date(2024, 6, 1), max_value=date(2028, 6, 30))
LIMITS = st.integers(min_value=0, max_value=400)


@pytest.mark.parametrize("year", YEARS)
def test_every_day_of_a_published_year_agrees_with_the_chinesecalendar_package(year: int) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]

    differing = [d for d in days if calendar.is_working_day(d) != chinese_calendar.is_workday(d)]

    assert differing == []


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2026, 2, 14), calendar.Kind.MAKE_UP, "春节"),
        (date(2026, 2, 17), calendar.Kind.HOLIDAY, "春节"),
        (date(2026, 10, 1), calendar.Kind.HOLIDAY, "国庆节"),
        (date(2026, 3, 14), calendar.Kind.WEEKEND, ""),
        (date(2026, 3, 16), calendar.Kind.WORKING, ""),
        (date(2027, 10, 1), calendar.Kind.WORKING, ""),
    ],
)
def test_a_day_is_named(day: date, kind: calendar.Kind, name: str) -> None:
    assert calendar.day_kind(day) == (kind, name)


def test_years_without_a_notice_are_not_published() -> None:
    assert [year for year in range(2024, 2029) if calendar.published(year)] == [2025, 2026]


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 3, 16), 5, date(2026, 3, 23)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 5, 2), 0, date(2026, 5, 2)),
    ],
)
def test_a_limit_ends_on_the_expected_day(start: date, days: int, due: date) -> None:
    assert calendar.add_working_days(start, days) == due


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        calendar.add_working_days(date(2026, 1, 1), -1)


@given(DAYS, LIMITS)
def test_counting_back_a_limit_gives_the_limit(start: date, days: int) -> None:
    due = calendar.add_working_days(start, days)

    assert calendar.working_days_between(start, due) == days
    assert calendar.working_days_between(due, start) == -days
    assert days == 0 or calendar.is_working_day(due)


@given(DAYS, st.integers(min_value=0, max_value=120))
def test_the_count_equals_a_walk_over_the_days(start: date, length: int) -> None:
    walked = [start + timedelta(days=n) for n in range(1, length + 1)]

    counted = calendar.working_days_between(start, start + timedelta(days=length))

    assert counted == sum(calendar.is_working_day(day) for day in walked)


@given(DAYS, LIMITS, LIMITS)
def test_limits_add_up(start: date, first: int, second: int) -> None:
    together = calendar.add_working_days(start, first + second)

    assert calendar.add_working_days(calendar.add_working_days(start, first), second) == together


@given(DAYS, st.integers(min_value=0, max_value=60))
def test_stretches_cover_each_day_once_in_order(first: date, length: int) -> None:
    last = first + timedelta(days=length)

    days = [
        (stretch.first + timedelta(days=n), stretch.kind, stretch.name)
        for stretch in calendar.stretches(first, last)
        for n in range((stretch.last - stretch.first).days + 1)
    ]

    expected = [first + timedelta(days=n) for n in range(length + 1)]
    assert days == [(day, *calendar.day_kind(day)) for day in expected]
