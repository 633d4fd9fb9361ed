"""A case goes from one unit's hands into another's: sent, and then accepted, refused or recalled.

The sender's unit holds it, with all its duties and limits, until the other one accepts.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked, statements
from backend.cases.record import transfers
from backend.cases.record.change import Change
from backend.cases.record.snapshot import Snapshot
from backend.cases.record.transfers import InHand, Sent
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import (
    HandoverReasonRequired,
    ReceiverSame,
    ReceiverUnfit,
    ReceiverUnknown,
    TransferNotOpen,
    TransferOpen,
)
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from backend.organisation.queries import NoSuchUnit, Unit
from config import characters
from config.clock import city_day
from config.database import connection
from models import Flow, TransferState, UnitLevel
from notifications.telling import outbox
from notifications.telling.recipients import Recipient, Staff, UnitRole


@dataclass(frozen=True, slots=True)
class _Told:
    """Who is told of a transfer of the case, whose open task was this."""

    case: Snapshot
    task: InHand
    by: StaffActor
    now: datetime

    async def to(self, action: Action, *whom: Recipient) -> None:
        await outbox.enqueue(
            *(
                transfers.told(
                    action, self.case, to, at=self.now, by_staff_id=self.by.id, task=self.task
                )
                for to in whom
            )
        )

    async def to_sender(self, action: Action, sent: Sent) -> None:
        """Who sent it, and who has it in hand."""
        people = {sent.sender_id, self.task.assignee_id or sent.sender_id}
        await self.to(action, *(Staff(each) for each in sorted(people)))


async def send(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, unit_code: str, reason: str
) -> None:
    """Send 移交 the case to another unit, whose staff of the task's role are told.

    Further TransferOpen, ReceiverUnknown, ReceiverSame or ReceiverUnfit.
    """
    async with in_transaction():
        case = await locked.to_send_on(case_id, Action.TRANSFER, by=by, seen=seen)
        if case.incoming_unit_code is not None:
            raise TransferOpen
        await _check_receiver(case, unit_code, now=now)
        await transfers.begin(case, unit_code, by_staff_id=by.id, at=now)
        change = Change(Action.TRANSFER, now, internal={"reason": reason})
        change.internal["transfer_to"] = unit_code
        await write(case, change, by=by)
        task = await transfers.task_of(case)
        told = _Told(case, task, by, now)
        await told.to(Action.TRANSFER, UnitRole(unit_code, task.role))
    outbox.wake()


async def accept(case_id: UUID, *, by: StaffActor, now: datetime) -> None:
    """Accept 接收 it: this unit holds it from now on, at the same step and in the same limits.

    Who had it in hand has it no more. Further TransferNotOpen.
    """
    async with in_transaction():
        case = await locked.by_receiver(case_id, Action.HANDOVER, by=by)
        sent = await _ended(case, TransferState.ACCEPTED, now=now)
        change = Change(Action.HANDOVER, now)
        change.step, change.holder_code = case.step, sent.to_code
        told = _Told(case, await transfers.task_of(case), by, now)
        await write(case, change, by=by)
        await told.to_sender(Action.HANDOVER, sent)
    outbox.wake()


async def refuse(case_id: UUID, *, by: StaffActor, now: datetime, reason: str) -> None:
    """Refuse 拒收 it, with the reason; it stays where it is.

    Further TransferNotOpen or HandoverReasonRequired.
    """
    async with in_transaction():
        case = await locked.by_receiver(case_id, Action.REFUSE_HANDOVER, by=by)
        if not characters.visible(reason):
            raise HandoverReasonRequired
        sent = await _ended(case, TransferState.REFUSED, now=now)
        change = Change(Action.REFUSE_HANDOVER, now, internal={"reason": reason})
        change.done_at = sent.to_code
        await write(case, change, by=by)
        told = _Told(case, await transfers.task_of(case), by, now)
        await told.to_sender(Action.REFUSE_HANDOVER, sent)
    outbox.wake()


async def recall(case_id: UUID, *, by: StaffActor, now: datetime) -> None:
    """Take it back 取消移交 while nobody has accepted; TransferNotOpen afterwards."""
    async with in_transaction():
        case = await locked.sent_on(case_id, Action.RECALL, by=by)
        sent = await _ended(case, TransferState.RECALLED, now=now)
        await write(case, Change(Action.RECALL, now), by=by)
        task = await transfers.task_of(case)
        told = _Told(case, task, by, now)
        await told.to(Action.RECALL, UnitRole(sent.to_code, task.role))
    outbox.wake()


async def _ended(case: Snapshot, state: TransferState, *, now: datetime) -> Sent:
    if (sent := await transfers.end(case.id, state, at=now)) is None:
        raise TransferNotOpen
    return sent


async def _check_receiver(case: Snapshot, unit_code: str, *, now: datetime) -> None:
    today = city_day(now)
    try:
        unit = organisation.unit(unit_code)
    except NoSuchUnit:
        raise ReceiverUnknown from None
    if not organisation.is_valid(unit, on=today):
        raise ReceiverUnknown
    if unit_code == case.holder_code:
        raise ReceiverSame
    if (reason := _unfit(case, unit)) is not None:
        raise ReceiverUnfit(reason)
    given = [unit_code, case.id, today]
    [found] = await connection().execute_query_dict(statements.CAN_TAKE, given)
    if not found["staffed"]:
        raise ReceiverUnfit("该单位没有办理这一环节的在用人员")
    if found["busy"]:
        raise ReceiverUnfit("该单位已在办理这一环节")


def _unfit(case: Snapshot, unit: Unit) -> str | None:
    """Why the law does not give the unit the case's step; requests go to any department."""
    step = case.item.route[case.step - 1]
    if unit.level != step.level:
        return "该单位与当前环节的办理层级不同"
    department = step.department or case.item.department_code
    if unit.level is UnitLevel.DEPARTMENT and case.item.flow is not Flow.REQUEST:
        return None if unit.department_code == department else "该事项不由这个部门办理"
    return None
