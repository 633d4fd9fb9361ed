"""Which offices the units of a level open, as `offices.yaml` says."""

import re
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from config import sources
from config.sources import BadRow, Find, Row, line_of, read_yaml, shown, take
from config.texts import ONE_LINE, UNLIKE
from models import UnitLevel

FILE = "offices.yaml"
_PHONE = re.compile(r"[0-9][0-9 -]{2,19}")

Time = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Hours = Annotated[list[tuple[Time, Time]], Field(min_length=1)]
Days = Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1), UNLIKE]
"""Weekdays, 1 for Monday to 7 for Sunday."""
Name = Annotated[str, Field(min_length=1, max_length=50), ONE_LINE]
Phone = Annotated[str, Field(pattern=_PHONE)]
Desks = Annotated[int, Field(ge=1, le=200)]
Minutes = Annotated[int, Field(ge=5, le=480)]


class Timed(Row):
    """When it is open, and how many are served at once: each desk is a seat in each slot."""

    desks: Desks
    slot_minutes: Minutes
    days: Days = [1, 2, 3, 4, 5]
    hours: Hours

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_hours(self.hours, self.slot_minutes)
        return self


class Plan(Timed):
    """The office of each unit of a level."""

    name: Name
    phone: Phone


def check_hours(hours: list[tuple[str, str]], minutes: int) -> None:
    """ValueError for times that do not go forward, and for a span in which no slot fits."""
    times = [time for span in hours for time in span]
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise ValueError("hours: 须从早到晚 / each time must be later than the one before")
    if any(_minute(closes) - _minute(opens) < minutes for opens, closes in hours):
        raise ValueError("hours: 短于一个时段 / a span is shorter than one slot")


def _minute(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def read(bad: list[BadRow], find: Find = sources.find) -> dict[UnitLevel, Plan]:
    """The good plans by level; never stops at a bad one."""
    path = find(FILE)
    rows = read_yaml(path, bad, filled=True)
    found: dict[UnitLevel, Plan] = {}
    for level, content in rows.items():
        at = BadRow(shown(path), str(level), "", line_of(rows, [level]))
        if level not in set(UnitLevel):
            known = ", ".join(UnitLevel)
            bad.append(
                BadRow(at.file, at.row, f"不是层级，可用 / is no level; {known} are", at.line)
            )
        elif plan := take(Plan, content, at=at, bad=bad):
            found[UnitLevel(level)] = plan
    return found
