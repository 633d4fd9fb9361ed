"""Closing an office for a day: nobody books there any more, and who had is told. And the undoing.

Locks are taken as in `operations`, the appointment, then its slot; before them the closure itself,
so that one who opens the day again waits for a step of who closes it, whose next step then ends it.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from backend import audit
from backend.appointments.plan import alignment, slots
from backend.appointments.plan.alignment import Aligned
from backend.appointments.plan.slots import day_bounds
from backend.appointments.snapshot import SELECT, Snapshot, from_row, message, sealed_reason
from backend.audit import Act, Actor
from config.database import connection
from models import AppointmentStatus
from notifications.telling import outbox

_LISTED = """
SELECT o.id, o.unit_id, o.name, o.active,
       array_agg(c.day ORDER BY c.day) FILTER (WHERE c.day IS NOT NULL) AS closed_on
FROM office o LEFT JOIN office_closure c ON c.office_id = o.id
    AND c.day >= (now() AT TIME ZONE 'Asia/Shanghai')::date
WHERE $1::text IS NULL OR starts_with(o.unit_id, $1) OR strpos(o.name, $1) > 0
GROUP BY o.id ORDER BY o.unit_id, o.id
"""
_CLOSE = """
INSERT INTO office_closure (id, created_at, office_id, day, reason)
VALUES (uuidv7(), now(), $1, $2, $3) ON CONFLICT (office_id, day) DO NOTHING RETURNING id
"""
_STANDS = "SELECT 1 AS found FROM office_closure WHERE office_id = $1 AND day = $2 FOR KEY SHARE"
_REOPEN = "DELETE FROM office_closure WHERE office_id = $1 AND day = $2 RETURNING id"
_SEATS = """
SELECT coalesce(sum(capacity - booked), 0)::int AS seats FROM slot
WHERE office_id = $1 AND starts_at >= greatest($2, now()) AND starts_at < $3
"""
# No seat is left to take. Who is taking one holds the slot's row, and is seen after waiting for it.
_FULL = """
WITH locked AS (
    SELECT id FROM slot WHERE office_id = $1 AND starts_at >= greatest($2, now())
        AND starts_at < $3 AND capacity > booked ORDER BY id FOR NO KEY UPDATE
)
UPDATE slot s SET capacity = booked FROM locked WHERE s.id = locked.id RETURNING s.id
"""
_TOUCHED = f"""{SELECT}
WHERE s.office_id = $1 AND s.starts_at >= greatest($2, now()) AND s.starts_at < $3
  AND a.status = 'booked' ORDER BY s.starts_at, a.id
"""
_LOCK = "SELECT 1 AS found FROM appointment WHERE id = $1 FOR NO KEY UPDATE"
_LOCKED = f"{SELECT} WHERE a.id = $1"
_CANCEL = """
UPDATE appointment SET status = 'cancelled', cancel_reason_sealed = $2, version = version + 1
WHERE id = $1 RETURNING version
"""
_NO_SEAT = "UPDATE slot SET capacity = booked WHERE id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An office as its keepers see it; `closed_on` are the days ahead on which it is closed."""

    id: UUID
    unit_code: str
    name: str
    active: bool
    closed_on: tuple[date, ...]


async def listed(search: str | None = None) -> list[Listed]:
    """The offices by unit: all, or those whose unit's code begins with or name contains a text."""
    rows = await connection().execute_query_dict(_LISTED, [search])
    return [
        Listed(
            id=UUID(int=row["id"].int),
            unit_code=row["unit_id"],
            name=row["name"],
            active=row["active"],
            closed_on=tuple(row["closed_on"] or ()),
        )
        for row in rows
    ]


async def touched(office_id: UUID, day: date) -> list[Snapshot]:
    """The appointments ahead that closing the office on this day would cancel, in order of time."""
    rows = await connection().execute_query_dict(_TOUCHED, [office_id, *day_bounds(day)])
    return [from_row(row) for row in rows]


async def close(office_id: UUID, day: date, *, reason: str, by: Actor) -> int:
    """Close the office on this day and cancel what is booked there; how many. Safe to repeat.

    Each resident is told with the reason, which is in Chinese and at most 100 characters. What has
    begun stays as it is. Who opens the day again meanwhile ends it.
    """
    async with in_transaction():
        if await connection().execute_query_dict(_CLOSE, [office_id, day, reason]):
            details = {"day": day.isoformat()}
            await audit.record(Act.CLOSE_OFFICE, by=by, on=("office", office_id), details=details)
    cancelled = 0
    while await _fill(office_id, day) and (booked := await touched(office_id, day)):
        for appointment in booked:
            cancelled += await _cancel(appointment, reason=reason)
    return cancelled


async def reopen(office_id: UUID, day: date, *, by: Actor) -> int | None:
    """Open the office again on a day it was closed for; how many seats are free, None if it wasn't.

    Its slots are those of its hours again, and made anew where the day is near enough to have any.
    What was cancelled stays cancelled. One transaction; safe to repeat.
    """
    async with in_transaction() as within:
        if not await within.execute_query_dict(_REOPEN, [office_id, day]):
            return None
        await alignment.align_day(day, Aligned())
        if day <= slots.today() + timedelta(days=slots.DAYS_AHEAD):
            await slots.extend(start=day, days=0)
        rows = await within.execute_query_dict(_SEATS, [office_id, *day_bounds(day)])
        # Last, since others' records wait for the end.
        details = {"day": day.isoformat()}
        await audit.record(Act.REOPEN_OFFICE, by=by, on=("office", office_id), details=details)
    seats: int = rows[0]["seats"]
    return seats


async def _fill(office_id: UUID, day: date) -> bool:
    """Leave no seat to take on the day; whether it is still closed."""
    async with in_transaction() as within:
        if not await within.execute_query_dict(_STANDS, [office_id, day]):
            return False
        await within.execute_query_dict(_FULL, [office_id, *day_bounds(day)])
    return True


async def _cancel(seen: Snapshot, *, reason: str) -> bool:
    """Cancel and tell, unless it was cancelled or moved away, or the day opened, meanwhile."""
    async with in_transaction() as within:
        stands = [seen.seat.office.id, seen.seat.day]
        if not await within.execute_query_dict(_STANDS, stands):
            return False
        await within.execute_query_dict(_LOCK, [seen.id])
        appointment = from_row((await within.execute_query_dict(_LOCKED, [seen.id]))[0])
        unmoved = appointment.seat.slot_id == seen.seat.slot_id
        if appointment.status is not AppointmentStatus.BOOKED or not unmoved:
            return False
        told = sealed_reason(seen.id, f"网点当天停止办理：{reason}")
        rows = await within.execute_query_dict(_CANCEL, [seen.id, told])
        await within.execute_query(_NO_SEAT, [appointment.seat.slot_id])
        status, version = AppointmentStatus.CANCELLED, rows[0]["version"]
        await outbox.enqueue(message("close", replace(appointment, status=status, version=version)))
    outbox.wake()
    return True
