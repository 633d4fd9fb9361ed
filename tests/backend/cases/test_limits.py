"""Limits at their edges, the lines that explain them, and the one day that an applicant is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from backend.cases.clock import history, limits, promises
from backend.cases.clock.history import Clocks
from backend.cases.clock.limits import Light, Line, Unit
from backend.cases.clock.promises import Crossing
from backend.cases.record import dues
from backend.cases.rules.lifecycle import RUNNING
from backend.cases.rules.said import Public
from config.clock import CITY_TIME
from models import CaseStatus

S = CaseStatus
NOON = datetime(2026, 3, 9, 12, tzinfo=CITY_TIME)  # a Monday


def end_of(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=CITY_TIME)


@dataclass(frozen=True)
class Limited:
    notice_days: int = 5
    notice_unit: str = "working_day"
    promised_days: int = 10
    promised_unit: str = "working_day"
    statutory_days: int | None = 20
    statutory_unit: str | None = "working_day"


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 3, 9, 0, 0, tzinfo=CITY_TIME), "2026-03-11"),
        (datetime(2026, 3, 9, 23, 59, tzinfo=CITY_TIME), "2026-03-11"),
        # Over a weekend, and over 国庆节 with its make-up Saturday.
        (datetime(2026, 3, 12, 9, 0, tzinfo=CITY_TIME), "2026-03-16"),
        (datetime(2026, 9, 29, 9, 0, tzinfo=CITY_TIME), "2026-10-08"),
        (datetime(2026, 9, 30, 9, 0, tzinfo=CITY_TIME), "2026-10-09"),
    ],
)
def test_a_light_is_yellow_for_two_working_days(now: datetime, until: str) -> None:
    assert limits.yellow_until(now) == end_of(until)
    assert limits.light(end_of(until), now) is Light.YELLOW
    assert limits.light(end_of(until) + timedelta(seconds=1), now) is Light.GREEN


def test_what_is_due_just_now_is_not_late() -> None:
    assert limits.light(NOON, NOON) is Light.YELLOW
    assert limits.light(NOON - timedelta(microseconds=1), NOON) is Light.RED


def kinds(found: list[Line]) -> list[tuple[str, str, int]]:
    return [(line.kind, line.last.isoformat(), line.days) for line in found]


@pytest.mark.parametrize(
    ("start", "days", "unit", "expected"),
    [
        # On the spot: the day itself, or the next working day.
        ("2026-03-09", 0, Unit.WORKING_DAY, [("start", "2026-03-09", 0)]),
        (
            "2026-03-14",
            0,
            Unit.WORKING_DAY,
            [
                ("start", "2026-03-14", 0),
                ("weekend", "2026-03-15", 0),
                ("working", "2026-03-16", 1),
            ],
        ),
        (
            "2026-03-06",
            2,
            Unit.WORKING_DAY,
            [
                ("start", "2026-03-06", 0),
                ("weekend", "2026-03-08", 0),
                ("working", "2026-03-10", 2),
            ],
        ),
        (
            "2026-03-09",
            2,
            Unit.CALENDAR_DAY,
            [("start", "2026-03-09", 0), ("calendar", "2026-03-11", 2)],
        ),
        (
            "2026-03-12",
            2,
            Unit.CALENDAR_DAY,
            [("start", "2026-03-12", 0), ("calendar", "2026-03-14", 2), ("moved", "2026-03-16", 0)],
        ),
        (
            "2026-03-14",
            0,
            Unit.CALENDAR_DAY,
            [("start", "2026-03-14", 0), ("moved", "2026-03-16", 0)],
        ),
    ],
)
def test_every_stretch_of_a_limit_is_a_line(
    start: str, days: int, unit: Unit, expected: list[tuple[str, str, int]]
) -> None:
    assert kinds(limits.lines(date.fromisoformat(start), days, unit)) == expected


def test_holidays_and_make_up_days_are_named_and_the_start_has_its_event() -> None:
    found = limits.lines(date(2026, 9, 30), 3, Unit.WORKING_DAY, event="提交")

    assert [line.text for line in found] == [
        "提交当日不计入期限（民法典第二百零一条）",
        "国庆节放假，不计入",
        "工作日",
        "国庆节调休上班，计入",
    ]
    assert [line.days for line in found] == [0, 0, 2, 1]


def test_a_limit_cut_short_by_the_law_says_so_and_one_that_is_not_does_not() -> None:
    start = date(2026, 3, 9)
    cut = limits.lines(start, 10, Unit.WORKING_DAY, latest=date(2026, 3, 11))
    whole = limits.lines(start, 2, Unit.WORKING_DAY, latest=date(2026, 3, 11))

    assert kinds(cut)[-1] == ("capped", "2026-03-11", 0)
    assert kinds(whole) == [("start", "2026-03-09", 0), ("working", "2026-03-11", 2)]
    assert kinds(limits.lines(start, 9, Unit.CALENDAR_DAY, latest=date(2026, 3, 11))) == [
        ("start", "2026-03-09", 0),
        ("calendar", "2026-03-11", 2),
        ("capped", "2026-03-11", 0),
    ]


def test_each_year_that_is_not_published_is_told() -> None:
    found = limits.lines(date(2026, 12, 28), 300, Unit.WORKING_DAY)

    notices = [line for line in found if line.kind == "notice"]
    assert [line.text[:5] for line in notices] == ["2027年", "2028年"]
    assert {line.first for line in notices} == {found[-1].last}
    assert not [
        line
        for line in limits.lines(date(2026, 3, 9), 5, Unit.WORKING_DAY)
        if line.kind == "notice"
    ]


@pytest.mark.parametrize(
    ("item", "promised", "statutory"),
    [
        (Limited(), "2026-03-23", "2026-04-07"),
        (Limited(promised_days=30), "2026-04-07", "2026-04-07"),
        (Limited(statutory_days=None), "2026-03-23", None),
        (Limited(statutory_unit=None), "2026-03-23", None),
        (Limited(promised_days=0, statutory_days=0), "2026-03-09", "2026-03-09"),
    ],
)
def test_a_promise_ends_with_the_law_at_the_latest(
    item: Limited, promised: str, statutory: str | None
) -> None:
    found = limits.both_due(item, NOON)
    assert found == (end_of(promised), end_of(statutory) if statutory else None)


def test_a_notice_has_its_own_days_and_unit() -> None:
    assert limits.notice_due(Limited(), NOON) == end_of("2026-03-16")
    assert limits.notice_due(Limited(notice_days=3, notice_unit="calendar_day"), NOON) == end_of(
        "2026-03-12"
    )


@dataclass(frozen=True)
class Happened:
    action: str
    after: str
    at: datetime


def happened(*told: str) -> Iterator[Happened]:
    for day, each in enumerate(told):
        action, after = each.split(">")
        yield Happened(action, after, NOON + timedelta(days=day))


@pytest.mark.parametrize(
    ("events", "day"),
    [
        (["submit>submitted"], 0),
        (["submit>submitted", "note>submitted"], 0),
        (
            ["submit>submitted", "request_supplement>supplement_requested", "supplement>submitted"],
            2,
        ),
        # What comes in after acceptance starts no notice.
        (["submit>submitted", "accept>accepted", "supplement>under_review"], 0),
    ],
)
def test_papers_that_last_came_in_before_acceptance_start_the_notice(
    events: list[str], day: int
) -> None:
    assert history.handed_in(happened(*events)) == NOON + timedelta(days=day)


def test_the_first_of_the_states_of_acceptance_is_the_acceptance() -> None:
    events = ["submit>submitted", "pass>under_review", "decide>approved"]
    found = history.clocks(happened(*events), Limited())
    accepted = NOON + timedelta(days=1)
    assert found == history.ending(complete_at=NOON, accepted_at=accepted, item=Limited())
    for after in ("dispatched", "done", "enrolled", "denied"):
        assert history.clocks(happened("submit>submitted", f"x>{after}"), Limited()) == found
    for after in ("withdrawn", "declined", "supplement_requested"):
        told = history.clocks(happened("submit>submitted", f"x>{after}"), Limited())
        assert (told.promised_due_at, told.statutory_due_at) == (None, None)


CLOCKS = Clocks(
    notice_due_at=end_of("2026-03-16"),
    promised_due_at=end_of("2026-03-23"),
    statutory_due_at=end_of("2026-04-07"),
)
ASKED: Public = {"due_at": "2026-03-12T23:59:59+08:00", "defects": []}


@pytest.mark.parametrize(
    ("after", "public", "told"),
    [
        (S.SUBMITTED, {}, "2026-03-16"),
        (S.SUPPLEMENT_REQUESTED, ASKED, "2026-03-12"),
        # Something else is told while something is asked for.
        (S.SUPPLEMENT_REQUESTED, {}, None),
        (S.ACCEPTED, {}, "2026-03-23"),
        (S.UNDER_REVIEW, ASKED, "2026-03-23"),
        (S.DISPATCHED, {}, "2026-03-23"),
        *((status, {}, None) for status in S if status not in RUNNING | {S.SUBMITTED}),
    ],
)
def test_the_one_day_to_watch_is_that_of_what_is_awaited(
    after: CaseStatus, public: Any, told: str | None
) -> None:
    found = dues.told(after, CLOCKS, public, at=NOON)
    assert found == (date.fromisoformat(told) if told else None)


@pytest.mark.parametrize(("day", "told"), [("2026-03-16", True), ("2026-03-17", False)])
def test_nothing_is_promised_once_the_day_is_over(day: str, *, told: bool) -> None:
    at = end_of(day)
    assert (dues.told(S.SUBMITTED, CLOCKS, {}, at=at) == date(2026, 3, 16)) is told
    assert (dues.told(S.SUBMITTED, CLOCKS, {}, at=at) is None) is not told


def test_the_earlier_of_both_limits_is_told_and_one_is_enough() -> None:
    swapped = Clocks(
        notice_due_at=CLOCKS.notice_due_at,
        promised_due_at=CLOCKS.statutory_due_at,
        statutory_due_at=CLOCKS.promised_due_at,
    )
    only = Clocks(
        notice_due_at=CLOCKS.notice_due_at,
        promised_due_at=CLOCKS.promised_due_at,
        statutory_due_at=None,
    )
    for found in (swapped, only):
        assert dues.told(S.ACCEPTED, found, {}, at=NOON) == date(2026, 3, 23)


def test_a_crossing_says_how_often_and_when_first() -> None:
    some = Crossing(
        "FW-1", (10, Unit.WORKING_DAY), (15, Unit.CALENDAR_DAY), date(2026, 2, 4), 43, always=False
    )

    assert str(some) == (
        "FW-1: 全年有 43 天（首日 2026-02-04）受理的办件，承诺时限晚于法定时限，以法定时限为准"
        " / promised 10 working days end after statutory 15 calendar days for cases accepted on 43"
        " days, the first 2026-02-04; such cases are due by the statutory date"
    )


def test_an_item_without_a_law_or_within_it_crosses_nothing() -> None:
    columns = {
        "promised_days": 10,
        "promised_unit": "working_day",
        "statutory_days": 20,
        "statutory_unit": "working_day",
    }
    items = [
        ("within", columns),
        ("equal", columns | {"promised_days": 20}),
        ("without", columns | {"statutory_days": None, "statutory_unit": None}),
        ("beyond", columns | {"promised_days": 21}),
    ]
    [found] = promises.crossings(items, 2028)

    assert (found.code, found.first, found.days) == ("beyond", date(2028, 1, 1), 366)
