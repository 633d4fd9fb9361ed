"""Giving a seat back."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction

from backend.appointments.acts import locked, statements
from backend.appointments.acts.change import Change
from backend.appointments.acts.standing import Standing
from backend.appointments.record.snapshot import Snapshot, messages_of, sealed_reason
from backend.appointments.rules.lifecycle import Action, Move
from backend.identity.actors import ResidentActor
from backend.mandates.acting import Behalf
from models import AppointmentStatus, uuid7
from notifications.telling import outbox


async def cancel(
    appointment_id: UUID,
    *,
    by: ResidentActor | Behalf | Standing,
    now: datetime,
    reason: str | None = None,
) -> Snapshot:
    """Give the seat back; the account that booked is told. A cancelled appointment stays so.

    Somebody's agent calls it in the transaction of their mandate, a window for who stands there.

    Raises AppointmentNotFound, ActionNotAllowed, or SlotPast once the slot has begun.
    """
    async with in_transaction() as within:
        appointment = await locked.own(appointment_id, by, within)
        if appointment.status is AppointmentStatus.CANCELLED:
            return appointment
        move = locked.move(appointment, Action.CANCEL, now=now)
        change = Change(Action.CANCEL, by=by.acting, at=now, reason=reason)
        cancelled = await write(appointment, move, change, within)
        told = messages_of(
            Action.CANCEL,
            cancelled,
            at=now,
            by_agent=isinstance(by, Behalf),
            window=by.window if isinstance(by, Standing) else "",
        )
        await outbox.enqueue(*await told)
    outbox.wake()
    return cancelled


async def write(
    appointment: Snapshot, move: Move, change: Change, within: BaseDBAsyncClient
) -> Snapshot:
    """The appointment as the move leaves it, with the reason in clear; it is locked."""
    event_id = uuid7()
    given = [
        appointment.id, move.after, *change.parameters,
        event_id, sealed_reason(event_id, change.reason),
    ]  # fmt: skip
    rows = await within.execute_query_dict(statements.CANCEL, given)
    return replace(
        appointment, status=move.after, cancel_reason=change.reason, version=rows[0]["version"]
    )
