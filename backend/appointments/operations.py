"""Giving a seat back, or changing it for another; each in one transaction."""

from dataclasses import replace
from uuid import UUID

from tortoise import timezone
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend.appointments import lifecycle, refusals
from backend.appointments.plan import places, serving
from backend.appointments.plan.places import Office, Seat
from backend.appointments.refusals import (
    AppointmentNotFound,
    OfficeClosed,
    SlotFull,
    SlotNotFound,
    SlotPast,
)
from backend.appointments.snapshot import (
    SELECT,
    Snapshot,
    from_row,
    message,
    sealed_reason,
)
from backend.catalogue import queries as catalogue
from backend.identity.actors import ResidentActor
from backend.refusals import ActionNotAllowed
from models import AppointmentStatus
from notifications.telling import outbox

# Locks are always taken in this order, so that nobody waits in a circle: person, appointment, the
# day's entry in appointment_once_a_day, slots by id. Booking takes the last two, cancelling the
# second and the last.
_PERSON = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_LOCK = "SELECT 1 FROM appointment WHERE id = $1 AND resident_id = $2 FOR NO KEY UPDATE"
_LOCKED = f"{SELECT} WHERE a.id = $1"
_CANCEL = """
UPDATE appointment SET status = 'cancelled', cancel_reason_sealed = $2, version = version + 1
WHERE id = $1 RETURNING version
"""
_OVERLAPS = "SELECT appointment_refusal($1, $2, $3, $4, $5, NULL, $6) AS refusal"
_DAY = """
UPDATE appointment SET day = $2, person_key = $3
WHERE id = $1 AND (day, person_key) <> ($2, $3)
"""
_SLOTS = """
SELECT s.id, s.starts_at > now() AS ahead, s.booked < s.capacity AS room, o.active AS open
FROM slot s JOIN office o ON o.id = s.office_id
WHERE s.id = ANY($1::uuid[]) ORDER BY s.id FOR NO KEY UPDATE OF s
"""
_MOVE = """
UPDATE appointment SET slot_id = $2, office_id = $3, version = version + 1
WHERE id = $1 RETURNING version
"""


async def cancel(appointment_id: UUID, *, by: ResidentActor, reason: str | None = None) -> Snapshot:
    """Give the seat back; the resident will be told. A cancelled appointment stays as it is.

    Raises AppointmentNotFound, ActionNotAllowed, or SlotPast once the slot has begun.
    """
    async with in_transaction() as within:
        appointment = await _own(appointment_id, by, within)
        if appointment.status is AppointmentStatus.CANCELLED:
            return appointment
        _check("cancel", appointment)
        rows = await within.execute_query_dict(
            _CANCEL, [appointment.id, sealed_reason(appointment.id, reason)]
        )
        cancelled = replace(
            appointment,
            status=AppointmentStatus.CANCELLED,
            cancel_reason=reason,
            version=rows[0]["version"],
        )
        await outbox.enqueue(message("cancel", cancelled))
    outbox.wake()
    return cancelled


async def reschedule(appointment_id: UUID, *, by: ResidentActor, slot_id: UUID) -> Snapshot:
    """Change to another slot, also of another office; number and code stay. They will be told.

    To the slot it already has, nothing changes. If the new seat can't be had the old one is kept:
    SlotFull, AlreadyBooked, BookingOverlaps, TooManyBookings, SlotPast, OfficeClosed,
    ActionNotAllowed, ItemNotServed, AppointmentNotFound or SlotNotFound; ItemUnknown where another
    kind of office is wanted for an item that is offered no more.
    """
    seat = await places.seat(slot_id)
    async with in_transaction() as within:
        await within.execute_query_dict(_PERSON, [by.person_key])
        appointment = await _own(appointment_id, by, within)
        _check("reschedule", appointment)
        if appointment.seat.slot_id == slot_id:
            return appointment
        await _check_served(appointment, seat.office)
        parameters = [
            by.person_key, by.id, slot_id, appointment.item_code, seat.day, appointment.id
        ]  # fmt: skip
        rows = await within.execute_query_dict(_OVERLAPS, parameters)
        refusals.check(rows[0]["refusal"])
        try:
            await within.execute_query_dict(_DAY, [appointment.id, seat.day, by.person_key])
            version = await _move(appointment, seat, within)
        except IntegrityError as error:
            raise refusals.of_constraint(error) from error
        moved = replace(appointment, seat=seat, version=version)
        await outbox.enqueue(message("reschedule", moved))
    outbox.wake()
    return moved


async def _own(appointment_id: UUID, by: ResidentActor, within: BaseDBAsyncClient) -> Snapshot:
    """Lock, then read: a join that waits for the lock would miss a row moved to another slot."""
    if not await within.execute_query_dict(_LOCK, [appointment_id, by.id]):
        raise AppointmentNotFound
    return from_row((await within.execute_query_dict(_LOCKED, [appointment_id]))[0])


def _check(action: str, appointment: Snapshot) -> None:
    if action not in lifecycle.ACTIONS[appointment.status]:
        raise ActionNotAllowed("这个预约现在的状态不能这样操作")
    if appointment.seat.starts_at <= timezone.now():
        raise SlotPast


async def _check_served(appointment: Snapshot, office: Office) -> None:
    """Nothing to ask where the old office is of the same kind, or there is no item."""
    old = appointment.seat.office
    same = (old.unit_level, old.department_code) == (office.unit_level, office.department_code)
    if appointment.item_code is not None and not same:
        serving.check(await catalogue.current(appointment.item_code), office, field="slot_id")


async def _move(appointment: Snapshot, seat: Seat, within: BaseDBAsyncClient) -> int:
    """Take the new seat and leave the old one; the appointment's new version."""
    both = [appointment.seat.slot_id, seat.slot_id]
    locked = {row["id"]: row for row in await within.execute_query_dict(_SLOTS, [both])}
    target = locked.get(seat.slot_id)
    if target is None:
        raise SlotNotFound
    if not target["ahead"]:
        raise SlotPast
    if not target["open"]:
        raise OfficeClosed
    if not target["room"]:
        raise SlotFull
    moved = [appointment.id, seat.slot_id, seat.office.id]
    rows = await within.execute_query_dict(_MOVE, moved)
    version: int = rows[0]["version"]
    return version
