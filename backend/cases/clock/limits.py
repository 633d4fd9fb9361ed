"""The case's clock: due dates and the lines that explain them (行政许可法 42, 82)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Literal, Protocol

from config import calendar
from config.calendar import Kind
from config.clock import CITY_TIME, city_day

DELIVERY_DAYS = 10
"""Working days to deliver the decision (行政许可法 44)."""
YELLOW_DAYS = 2
"""A light turns yellow when this many working days or fewer are left."""
_LAST_MOMENT = time(23, 59, 59)


class Unit(StrEnum):
    """The units of a limit."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"


class Light(StrEnum):
    """How a running limit stands; grey: it does not run."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


LineKind = Literal[
    "start",
    "working",
    "weekend",
    "holiday",
    "make_up",
    "calendar",
    "moved",
    "capped",
    "notice",
]
"""What a stretch of days is to a limit."""


@dataclass(frozen=True)
class Line:
    """A stretch of days, both ends included; `days` is how many of them count."""

    first: date
    last: date
    kind: LineKind
    days: int
    text: str


def due_day(start: date, days: int, unit: Unit) -> date:
    """The last day of a limit that starts with an event on the day `start`.

    That day is not counted (民法典 201); a last day off moves to the next working day (民法典 203).
    Zero days end with the first working day from `start`.
    """
    if unit is Unit.WORKING_DAY and days > 0:
        return calendar.add_working_days(start, days)
    last = start + timedelta(days=days)
    return last if calendar.is_working_day(last) else calendar.add_working_days(last, 1)


@lru_cache(maxsize=4096)
def _ending(day: date) -> datetime:
    return datetime.combine(day, _LAST_MOMENT, CITY_TIME)


def due_at(started_at: datetime, days: int, unit: Unit) -> datetime:
    """The last second of a limit that starts at this moment."""
    return _ending(due_day(city_day(started_at), days, unit))


class Limited(Protocol):
    """What an item's version says of its limits."""

    @property
    def notice_days(self) -> int:
        """The limit to say whether it is accepted, and what is missing."""

    @property
    def notice_unit(self) -> str:
        """Its unit."""

    @property
    def promised_days(self) -> int:
        """The promised limit."""

    @property
    def promised_unit(self) -> str:
        """Its unit."""

    @property
    def statutory_days(self) -> int | None:
        """The statutory limit, if there is one."""

    @property
    def statutory_unit(self) -> str | None:
        """Its unit."""


def notice_due(item: Limited, complete_at: datetime) -> datetime:
    """Until when the applicant must be told whether an application of this moment is accepted."""
    return due_at(complete_at, item.notice_days, Unit(item.notice_unit))


def both_due(item: Limited, accepted_at: datetime) -> tuple[datetime, datetime | None]:
    """When a case accepted now is due by promise and by law; a promise never outlasts the law.

    A promise in working days and a law in calendar days may cross around long holidays.
    """
    promised = due_at(accepted_at, item.promised_days, Unit(item.promised_unit))
    if item.statutory_days is None or item.statutory_unit is None:
        return promised, None
    statutory = due_at(accepted_at, item.statutory_days, Unit(item.statutory_unit))
    return min(promised, statutory), statutory


def yellow_until(now: datetime) -> datetime:
    """Limits due after `now` and not after this moment are yellow."""
    return _ending(calendar.add_working_days(city_day(now), YELLOW_DAYS))


def light(due: datetime | None, now: datetime) -> Light:
    """The light of a limit due at `due`; grey if none runs."""
    if due is None:
        return Light.GREY
    if due < now:
        return Light.RED
    return Light.YELLOW if due <= yellow_until(now) else Light.GREEN


def lines(
    start: date, days: int, unit: Unit, *, event: str = "受理", latest: date | None = None
) -> list[Line]:
    """Every stretch from the start, the day of the event, to the due day; they add up to `days`.

    A promise that the law cuts short ends on the day `latest`, and says so.
    """
    full = due_day(start, days, unit)
    due = min(full, latest) if latest else full
    found = [Line(start, start, "start", 0, f"{event}当日不计入期限（民法典第二百零一条）")]
    if due > start:
        counted = unit is Unit.CALENDAR_DAY
        found += _counted_lines(start, due, days) if counted else _working_lines(start, due)
    if due < full:
        found.append(Line(due, due, "capped", 0, "承诺期限晚于法定期限，以法定期限为准"))
    unpublished = [year for year in range(start.year, due.year + 1) if not calendar.published(year)]
    found += [
        Line(due, due, "notice", 0, f"{year}年节假日安排尚未公布，暂按周末和法定节日计算")
        for year in unpublished
    ]
    return found


def _working_lines(start: date, due: date) -> Iterator[Line]:
    for run in calendar.stretches(start + timedelta(days=1), due):
        length = (run.last - run.first).days + 1
        told: dict[Kind, tuple[LineKind, str]] = {
            Kind.WORKING: ("working", "工作日"),
            Kind.WEEKEND: ("weekend", "周末，不计入"),
            Kind.HOLIDAY: ("holiday", f"{run.name}放假，不计入"),
            Kind.MAKE_UP: ("make_up", f"{run.name}调休上班，计入"),
        }
        kind, text = told[run.kind]
        works = run.kind in {Kind.WORKING, Kind.MAKE_UP}
        yield Line(run.first, run.last, kind, length if works else 0, text)


def _counted_lines(start: date, due: date, days: int) -> Iterator[Line]:
    last = min(start + timedelta(days=days), due)
    if days:
        counted = (last - start).days
        yield Line(start + timedelta(days=1), last, "calendar", counted, "自然日")
    if due > last:
        text = "期限最后一日为休息日，顺延至下一个工作日（民法典第二百零三条）"
        yield Line(last + timedelta(days=1), due, "moved", 0, text)
