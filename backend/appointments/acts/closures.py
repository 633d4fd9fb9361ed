"""Closing an office for a day: nobody books there, and who had is told. And undoing it."""

from datetime import date, datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from backend import audit
from backend.appointments.acts import cancelling, locked, statements
from backend.appointments.acts.change import Change
from backend.appointments.plan import alignment, slots
from backend.appointments.plan.alignment import Aligned
from backend.appointments.plan.slots import day_bounds
from backend.appointments.record.snapshot import Snapshot, from_row, messages_of
from backend.appointments.rules import lifecycle
from backend.appointments.rules.lifecycle import Action, By
from backend.audit import Act, Actor
from config.clock import city_day
from config.database import connection
from notifications.telling import outbox

REASON_MAX = 100
DAYS_MAX = 366
"""So far ahead an office is closed: further is a slip in the year."""


async def touched(office_id: UUID, day: date, *, now: datetime) -> list[Snapshot]:
    """The appointments ahead that closing the office on this day would cancel, in order of time."""
    rows = await connection().execute_query_dict(
        statements.TO_CANCEL, [office_id, *_ahead(day, now)]
    )
    return [from_row(row) for row in rows]


async def close(office_id: UUID, day: date, *, reason: str, by: Actor, now: datetime) -> int:
    """Close the office on this day and cancel what is booked there; how many. Safe to repeat.

    Each resident is told with the reason, which is in Chinese and at most 100 characters. What has
    begun stays as it is. Who opens the day again meanwhile ends it.
    """
    async with in_transaction():
        given = [office_id, day, reason, now]
        if await connection().execute_query_dict(statements.CLOSE, given):
            details = {"day": day.isoformat()}
            await audit.record(Act.CLOSE_OFFICE, by=by, on=("office", office_id), details=details)
    cancelled = 0
    told = f"网点当天停止办理：{reason}"
    change = Change(Action.CLOSE, by=by, at=now, reason=told)
    while await _fill(office_id, day, now) and (booked := await touched(office_id, day, now=now)):
        for appointment in booked:
            cancelled += await _cancel(appointment, change)
    return cancelled


async def reopen(office_id: UUID, day: date, *, by: Actor, now: datetime) -> int | None:
    """Open the office again on a day it was closed for; how many seats are free, None if it wasn't.

    Its slots are those of its hours again, and made anew where the day is near enough to have any.
    What was cancelled stays cancelled. One transaction; safe to repeat.
    """
    async with in_transaction() as within:
        if not await within.execute_query_dict(statements.REOPEN, [office_id, day]):
            return None
        await alignment.align_day(day, Aligned(), now=now)
        if day <= city_day(now) + timedelta(days=slots.DAYS_AHEAD):
            await slots.extend(now=now, start=day, days=0)
        rows = await within.execute_query_dict(statements.SEATS, [office_id, *_ahead(day, now)])
        # Last, since others' records wait for the end.
        details = {"day": day.isoformat()}
        await audit.record(Act.REOPEN_OFFICE, by=by, on=("office", office_id), details=details)
    seats: int = rows[0]["seats"]
    return seats


async def _fill(office_id: UUID, day: date, now: datetime) -> bool:
    """Leave no seat to take on the day; whether it is still closed."""
    async with in_transaction() as within:
        if not await within.execute_query_dict(statements.STANDS, [office_id, day]):
            return False
        await within.execute_query_dict(statements.FULL, [office_id, *_ahead(day, now)])
    return True


async def _cancel(seen: Snapshot, change: Change) -> bool:
    """Cancel and tell, unless it was cancelled or moved away, or the day opened, meanwhile."""
    async with in_transaction() as within:
        stands = [seen.slot.office.id, seen.slot.day]
        if not await within.execute_query_dict(statements.STANDS, stands):
            return False
        appointment = await locked.one(seen.id, within)
        move = lifecycle.move(appointment.status, change.action, by=By.OFFICE)
        if move is None or appointment.slot.id != seen.slot.id:
            return False
        cancelled = await cancelling.write(appointment, move, change, within)
        await within.execute_query(statements.NO_SEAT, [appointment.slot.id])
        await outbox.enqueue(*await messages_of(change.action, cancelled, at=change.at))
    outbox.wake()
    return True


def _ahead(day: date, now: datetime) -> tuple[datetime, datetime]:
    """The part of the day that is still to come."""
    begun, ended = day_bounds(day)
    return max(begun, now), ended
