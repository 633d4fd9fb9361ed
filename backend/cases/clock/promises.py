"""Promised limits held against statutory ones, over all days a case may be accepted on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from backend.cases.clock import limits
from backend.cases.clock.limits import Unit

Limit = tuple[int, Unit]


@dataclass(frozen=True)
class Crossing:
    """An item whose promise ends later than the law allows when accepted on `first`."""

    code: str
    promised: Limit
    statutory: Limit
    first: date
    days: int
    always: bool

    def __str__(self) -> str:
        if self.always:
            said, english = "任何一天", "on every day"
        else:
            said = f"有 {self.days} 天（首日 {self.first}）"
            english = f"on {self.days} days"
        return (
            f"{self.code}: 全年{said}受理的办件，承诺时限晚于法定时限，以法定时限为准"
            f" / promised {_text(self.promised)} end after statutory"
            f" {_text(self.statutory)} for cases accepted {english}, the first {self.first};"
            " such cases are due by the statutory date"
        )


def crossings(items: Iterable[tuple[str, dict[str, Any]]], year: int) -> Iterator[Crossing]:
    """The items, by code and columns, that promise beyond the law on some day of the year."""
    for code, columns in items:
        if columns["statutory_days"] is None:
            continue
        promised = columns["promised_days"], Unit(columns["promised_unit"])
        statutory = columns["statutory_days"], Unit(columns["statutory_unit"])
        if late := _late(promised, statutory, year):
            always = len(late) == (date(year + 1, 1, 1) - date(year, 1, 1)).days
            yield Crossing(code, promised, statutory, late[0], len(late), always)


@cache
def _late(promised: Limit, statutory: Limit, year: int) -> list[date]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    return [d for d in days if limits.due_day(d, *promised) > limits.due_day(d, *statutory)]


def _text(limit: Limit) -> str:
    return f"{limit[0]} {limit[1].replace('_', ' ')}s"
