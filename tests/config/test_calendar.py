"""The working-day calendar, held against an independent package and against its own laws."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import calendar, holidays, sources

YEARS = (2025, 2026)
NOTICE = """
year: 2027
source: 通知
holidays:
  - {name: 节日, first: 2027-03-15, last: 2027-03-15}
make_up_days: []
"""
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
        (date(2027, 1, 1), calendar.Kind.HOLIDAY, "元旦"),
        (date(2027, 2, 5), calendar.Kind.HOLIDAY, "春节"),
        (date(2027, 2, 9), calendar.Kind.WORKING, ""),
        (date(2027, 10, 3), calendar.Kind.HOLIDAY, "国庆节"),
        (date(2029, 9, 22), calendar.Kind.HOLIDAY, "中秋节"),
        (date(2099, 5, 2), calendar.Kind.HOLIDAY, "劳动节"),
    ],
)
def test_a_day_is_named(day: date, kind: calendar.Kind, name: str) -> None:
    assert calendar.day_kind(day) == (kind, name)


@pytest.mark.parametrize("year", YEARS)
def test_what_the_law_gives_off_every_notice_gives_too(year: int) -> None:
    off = holidays.by_law(year, [])

    assert len(off) == 13
    assert [day for day in off if chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize("year", range(2008, 2027))
def test_the_fixed_days_were_off_in_every_year_since_2008(year: int) -> None:
    fixed = [date(year, month, days[0]) for _, month, days in holidays.FIXED]

    assert [day for day in fixed if chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize(
    ("text", "replacement", "line", "reason"),
    [
        ("last: 2026-02-23", "last: 2026-02-03", 6, "before first"),
        ("last: 2026-02-23", "last: 2027-02-23", 6, "a month after"),
        ("first: 2026-02-15", "first: 2026-02-31", 6, "first: 日期格式应为 YYYY-MM-DD"),
        ("first: 2026-02-15", "first: soon", 6, "first: 日期格式应为 YYYY-MM-DD / must be a date"),
        ("first: 2026-02-15", "first: 86400", 6, "first: 日期格式应为 YYYY-MM-DD"),
        ("first: 2026-02-15", "first: '1771113600'", 6, "first: 日期格式应为 YYYY-MM-DD"),
        ("first: 2026-02-15", "first: 2026-02-15T00:00:00", 6, "first: 日期格式应为 YYYY-MM-DD"),
        ("name: 清明节, first: 2026-04-04", "nmae: 清明节, first: 2026-04-04", 7, "nmae"),
        ("first: 2026-04-04", "first: 2026-02-23", 7, "a month after"),
        ("date: 2026-05-09", "date: 2026-05-08", 16, "is no weekend"),
        ("date: 2026-05-09", "date: 2025-05-10", 16, "is not in 2026"),
        ("date: 2026-05-09", "date: 2026-05-02", 16, "or is a holiday"),
        (
            "first: 2026-10-01, last: 2026-10-07",
            "first: 2027-10-01, last: 2027-10-07",
            11,
            "in 2026",
        ),
        ("year: 2026", "year: 2025", 2, "year: 2025 与文件名不符"),
        ("make_up_days:", "make_up:", 12, "there is no such key"),
    ],
)
def test_a_bad_date_of_a_notice_is_told_with_its_line(  # noqa: PLR0917 - a table
    city: Path, text: str, replacement: str, line: int, reason: str
) -> None:
    before = (sources.DATA / "calendar" / "2026.yaml").read_text(encoding="utf-8")
    assert text in before
    own = city / "calendar" / "2026.yaml"
    own.parent.mkdir()
    own.write_text(before.replace(text, replacement, 1), encoding="utf-8")

    told = holidays.check()

    assert any(each.line == line and reason in each.reason for each in told), told
    assert {each.file for each in told} == {str(own)}


def test_a_date_of_another_year_is_told_beside_other_faults(city: Path) -> None:
    own = city / "calendar" / "2027.yaml"
    own.parent.mkdir()
    own.write_text(
        "year: 2027\nholidays:\n  - {name: 节日, first: 2027-02-29, last: 2027-03-15}\n"
        "  - {name: 节日, first: 2028-03-15, last: 2028-03-15}\nmake_up_days:\n"
        "  - {name: 节日, date: 2028-03-18}\n",
        encoding="utf-8",
    )

    told = {(each.line, each.reason.split(":")[0]) for each in holidays.check()}

    assert told == {(1, "source"), (3, "holidays.0.first"), (4, "节日"), (6, "2028-03-18")}


def test_a_notice_that_comes_while_we_run_is_read_unless_it_is_bad(city: Path) -> None:
    own = city / "calendar" / "2027.yaml"
    own.parent.mkdir()
    assert calendar.is_working_day(date(2027, 3, 15))
    try:
        own.write_text("year: soon", encoding="utf-8")
        calendar.refresh()
        assert calendar.day_kind(date(2027, 1, 1)).name == "元旦"
        own.write_text(NOTICE, encoding="utf-8")
        calendar.refresh()
        assert not calendar.is_working_day(date(2027, 3, 15))
    finally:
        own.unlink()
        calendar.refresh()


def test_files_are_read_anew_only_where_one_has_changed(city: Path) -> None:
    calendar.refresh()
    known = calendar.day_kind(date(2026, 2, 17))
    calendar.refresh()
    assert calendar.day_kind(date(2026, 2, 17)) is known

    own = city / "calendar" / "2027.yaml"
    own.parent.mkdir()
    own.write_text(NOTICE, encoding="utf-8")
    calendar.refresh()
    assert calendar.day_kind(date(2026, 2, 17)) is not known
    assert not calendar.is_working_day(date(2027, 3, 15))
    own.unlink()
    calendar.refresh()
    assert calendar.is_working_day(date(2027, 3, 15))


def test_the_built_in_calendar_is_sound() -> None:
    assert holidays.check() == []


def test_years_without_a_notice_are_not_published() -> None:
    assert [year for year in range(2024, 2029) if calendar.published(year)] == [2025, 2026]


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 3, 16), 5, date(2026, 3, 23)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
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
