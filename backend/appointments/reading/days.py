"""The days of an office: open or closed and why, and how many seats are free."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.appointments.plan import services
from backend.appointments.reading import statements
from backend.appointments.record.places import office_of
from backend.appointments.rules.refusals import DaysInvalid, OfficeNotFound
from backend.catalogue import queries as catalogue
from config.calendar import Kind, day_kind
from config.database import connection

MOST_DAYS = 31


class Closed(StrEnum):
    """Why there is nothing to book on a day."""

    CLOSURE = "closure"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    NO_SLOTS = "no_slots"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an office; `available` seats have not begun and were free when it was read.

    `why` is the closure's reason or the holiday's name, where `closed` is one of these.
    """

    date: date
    open: bool
    available: int
    closed: Closed | None
    why: str | None


async def of_office(
    office_id: UUID, first: date, last: date, *, now: datetime, item_code: str | None = None
) -> list[Day]:
    """Every day from `first` to `last`, both included; at most 31.

    Raises DaysInvalid, OfficeNotFound, ItemNotFound or ItemNotServed.
    """
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise DaysInvalid(MOST_DAYS)
    given = [office_id, first, last, now]
    rows = await connection().execute_query_dict(statements.DAYS, given)
    if not rows:
        raise OfficeNotFound
    if item_code is not None:
        services.check(await catalogue.one(item_code), office_of(rows[0]), field="item")
    return [_day(row) for row in rows]


def _day(row: Mapping[str, Any]) -> Day:
    day: date = row["day"]
    if row["closure"] is not None:
        return _closed(day, Closed.CLOSURE, row["closure"])
    if row["slots"]:
        return Day(day, open=True, available=row["available"], closed=None, why=None)
    known = day_kind(day)
    if known.kind is Kind.HOLIDAY:
        return _closed(day, Closed.HOLIDAY, known.name)
    return _closed(day, Closed.WEEKEND if known.kind is Kind.WEEKEND else Closed.NO_SLOTS)


def _closed(day: date, closed: Closed, why: str | None = None) -> Day:
    return Day(day, open=False, available=0, closed=closed, why=why)
