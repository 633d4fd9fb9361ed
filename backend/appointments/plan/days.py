"""The days of an office: open or closed and why, and how many seats are free."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.appointments.plan import serving
from backend.appointments.plan.places import office_of
from backend.appointments.refusals import DaysInvalid, OfficeNotFound
from backend.catalogue import queries as catalogue
from config.calendar import Kind, day_kind
from config.database import connection

MOST_DAYS = 31

_DAYS = """
SELECT o.id AS office_id, o.name, o.address, o.phone, u.code AS unit_code, u.name AS unit_name,
       u.level AS unit_level, u.department_id AS department_code,
       d.day::date AS day, c.reason AS closure, count(s.id) AS slots,
       coalesce(sum(s.capacity - s.booked) FILTER (WHERE s.starts_at >= now()), 0) AS available
FROM office o
JOIN org_unit u ON u.code = o.unit_id
CROSS JOIN generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') AS d(day)
LEFT JOIN office_closure c ON c.office_id = o.id AND c.day = d.day::date
LEFT JOIN slot s ON s.office_id = o.id
     AND s.starts_at >= d.day AT TIME ZONE 'Asia/Shanghai'
     AND s.starts_at < (d.day + interval '1 day') AT TIME ZONE 'Asia/Shanghai'
WHERE o.id = $1 AND o.active
GROUP BY o.id, u.code, d.day, c.reason
ORDER BY d.day
"""


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
    office_id: UUID, first: date, last: date, *, item_code: str | None = None
) -> list[Day]:
    """Every day from `first` to `last`, both included; at most 31.

    Raises DaysInvalid, OfficeNotFound, ItemNotFound or ItemNotServed.
    """
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise DaysInvalid(MOST_DAYS)
    rows = await connection().execute_query_dict(_DAYS, [office_id, first, last])
    if not rows:
        raise OfficeNotFound
    if item_code is not None:
        serving.check(await catalogue.one(item_code), office_of(rows[0]), field="item")
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
