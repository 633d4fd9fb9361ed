"""An appointment under its lock, for whoever the lifecycle lets act on it now."""

from datetime import datetime
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from backend.appointments.acts import statements
from backend.appointments.acts.standing import Standing
from backend.appointments.record.snapshot import Snapshot, from_row
from backend.appointments.rules import lifecycle
from backend.appointments.rules.lifecycle import Action, By, Move
from backend.appointments.rules.refusals import AppointmentNotFound, SlotPast
from backend.identity.actors import ResidentActor
from backend.mandates.acting import Behalf
from backend.refusals import ActionNotAllowed


async def own(
    appointment_id: UUID, by: ResidentActor | Behalf | Standing, within: BaseDBAsyncClient
) -> Snapshot:
    """An appointment of the account or of its person, or one that an agent's mandate covers.

    Of whoever stands at a window any of theirs.

    AppointmentNotFound for any other.
    """
    whose: tuple[object, ...]
    if isinstance(by, ResidentActor):
        statement, whose = statements.LOCK_OWN, (by.id,)
    else:
        statement, whose = statements.LOCK_OF_PERSON, (by.principal_id, by.items)
    if not await within.execute_query_dict(statement, [appointment_id, *whose]):
        raise AppointmentNotFound
    return await _read(appointment_id, within)


async def one(appointment_id: UUID, within: BaseDBAsyncClient) -> Snapshot:
    """An appointment that is there; the caller has checked who asks."""
    await within.execute_query_dict(statements.LOCK_ANY, [appointment_id])
    return await _read(appointment_id, within)


def move(appointment: Snapshot, action: Action, *, now: datetime) -> Move:
    """The holder's move; ActionNotAllowed, or SlotPast once the slot has begun."""
    found = lifecycle.move(appointment.status, action, by=By.HOLDER)
    if found is None:
        raise ActionNotAllowed("这个预约现在的状态不能这样操作")
    if appointment.slot.starts_at <= now:
        raise SlotPast
    return found


async def _read(appointment_id: UUID, within: BaseDBAsyncClient) -> Snapshot:
    rows = await within.execute_query_dict(statements.LOCKED, [appointment_id])
    return from_row(rows[0])
