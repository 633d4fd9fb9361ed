"""Working days: weekends, the State Council's holidays and make-up days, one data file per year.

A year without a file has the days off that the law itself names; `published` says which years are
certain.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from config import holidays
from config.errors import StartError
from config.sources import BadRow

SATURDAY = 5
ONE_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What a day is; make-up days are working weekends."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


class Day(NamedTuple):
    """A day's kind and the holiday's Chinese name ('' on ordinary days)."""

    kind: Kind
    name: str


class Stretch(NamedTuple):
    """Consecutive days of one kind and name, both ends included."""

    first: date
    last: date
    kind: Kind
    name: str


@dataclass(frozen=True)
class _Year:
    special: dict[date, Day]
    working: tuple[int, ...]


@dataclass
class _Seen:
    files: holidays.State = ()


_seen = _Seen()


def refresh() -> None:
    """Read changed files anew at the next question, unless they are bad: then what is known stays.

    Cheap while none has changed since the last call.
    """
    files = holidays.state()
    if files == _seen.files:
        return
    if not holidays.check():
        _year.cache_clear()
    _seen.files = files


def published(year: int) -> bool:
    """Whether the year's notice is known; otherwise weekends and the law's own days are off."""
    return holidays.file_of(year).is_file()


def day_kind(day: date) -> Day:
    """Tell what the day is, make-up days and holidays by the holiday's name."""
    special = _year(day.year).special.get(day)
    if special is not None:
        return special
    return Day(Kind.WEEKEND if day.weekday() >= SATURDAY else Kind.WORKING, "")


def is_working_day(day: date) -> bool:
    """Whether limits run on this day (行政许可法 82)."""
    return day_kind(day).kind in {Kind.WORKING, Kind.MAKE_UP}


def add_working_days(start: date, days: int) -> date:
    """Find the last day of a limit of `days` working days; the start is not counted (民法典 201).

    Zero gives the start, whatever day it is.
    """
    if days < 0:
        raise ValueError("a limit cannot be negative")
    if days == 0:
        return start
    year = start.year
    working = _year(year).working
    index = bisect_right(working, start.toordinal()) + days - 1
    while index >= len(working):
        index -= len(working)
        year += 1
        working = _year(year).working
    return date.fromordinal(working[index])


def working_days_between(start: date, end: date) -> int:
    """Count the working days after `start` to `end`, `end` included; negative if end is earlier."""
    if end < start:
        return -working_days_between(end, start)
    whole = sum(len(_year(year).working) for year in range(start.year, end.year))
    return whole + _passed(end) - _passed(start)


def stretches(first: date, last: date) -> Iterator[Stretch]:
    """Cut the days from `first` to `last`, both included, into runs of one kind and name."""
    begun, day = first, first
    while day <= last:
        kind, name = day_kind(day)
        following = day + ONE_DAY
        if following > last or day_kind(following) != (kind, name):
            yield Stretch(begun, day, kind, name)
            begun = following
        day = following


def _passed(day: date) -> int:
    return bisect_right(_year(day.year).working, day.toordinal())


@cache
def _year(year: int) -> _Year:
    special = _special(year)
    days = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    return _Year(special, tuple(day for day in days if _works(date.fromordinal(day), special)))


def _works(day: date, special: dict[date, Day]) -> bool:
    if day in special:
        return special[day].kind is Kind.MAKE_UP
    return day.weekday() < SATURDAY


def _special(year: int) -> dict[date, Day]:
    bad: list[BadRow] = []
    notice = holidays.read(year, bad) if published(year) else None
    if notice is None:
        special = {day: Day(Kind.HOLIDAY, name) for day, name in holidays.by_law(year, bad).items()}
    else:
        special = {}
        for holiday in notice.holidays:
            for number in range(holiday.first.toordinal(), holiday.last.toordinal() + 1):
                special[date.fromordinal(number)] = Day(Kind.HOLIDAY, holiday.name)
        for made_up in notice.make_up_days:
            special[made_up.date] = Day(Kind.MAKE_UP, made_up.name)
    if bad:
        raise StartError("\n".join(map(str, bad)))
    return special
