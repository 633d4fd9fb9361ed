"""Transfers 移交 of cases to other units: written and ended, under the lock of the case."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from backend.cases.record import statements
from backend.cases.record.snapshot import Snapshot
from config.clock import city_day
from config.database import connection
from models import CaseTransfer, Role, TransferState
from notifications.telling import messages
from notifications.telling.outgoing import Outgoing
from notifications.telling.recipients import Recipient


class Sent(NamedTuple):
    """A transfer: from which unit, to which, and who sent it."""

    from_code: str
    to_code: str
    sender_id: UUID


class InHand(NamedTuple):
    """The case's open task: whose turn it is, until when, and who has it in hand."""

    role: Role
    due_at: datetime | None
    assignee_id: UUID | None


async def begin(case: Snapshot, to_code: str, *, by_staff_id: UUID, at: datetime) -> None:
    """Send the case to this unit, its holder keeping it; there must be none open."""
    await CaseTransfer.create(
        case_id=case.id,
        from_unit_id=case.holder_code,
        to_unit_id=to_code,
        sender_id=by_staff_id,
        created_at=at,
    )


async def end(case_id: UUID, state: TransferState, *, at: datetime) -> Sent | None:
    """End the open transfer of the case; None where there is none."""
    given = [case_id, state, at]
    rows = await connection().execute_query_dict(statements.END_TRANSFER, given)
    if not rows:
        return None
    return Sent(rows[0]["from_unit_id"], rows[0]["to_unit_id"], rows[0]["sender_id"])


async def task_of(case: Snapshot) -> InHand:
    """The open task of the case."""
    [row] = await connection().execute_query_dict(statements.OPEN_TASK, [case.id])
    return InHand(Role(row["role"]), row["due_at"], row["assignee_id"])


def told(
    action: str,
    case: Snapshot,
    to: Recipient,
    *,
    at: datetime,
    by_staff_id: UUID | None,
    task: InHand,
) -> Outgoing:
    """Tell them what became of the transfer, which this member of staff makes or ends, if one."""
    return messages.staff_message(
        action,
        to=to,
        case_id=case.id,
        number=case.number,
        item_name=case.item.name,
        at=at,
        due=city_day(task.due_at) if task.due_at else None,
        by_staff_id=by_staff_id,
    )
