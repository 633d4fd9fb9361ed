"""How a request ends: what was done is told, and whoever asked says whether it helped."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked
from backend.cases.record.change import Change, write
from backend.cases.rules.lifecycle import Action
from backend.identity.actors import ResidentActor, StaffActor
from notifications.telling import outbox


async def finish(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, result: str, note: str | None
) -> None:
    """Say what was done 反馈结果; both clocks stop, and the applicant is asked."""
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.FINISH, by=by, seen=seen)
        change = Change(Action.FINISH, now, public={"result": result}, internal={"note": note})
        change.columns = {"decided_at": now, "outcome": "done"}
        await write(case, change, by=by)
    outbox.wake()


async def confirm(case_id: UUID, *, by: ResidentActor, now: datetime) -> None:
    """Confirm 确认 that it is done, which closes the case."""
    async with in_transaction():
        case = await locked.by_applicant(case_id, Action.CONFIRM, by=by)
        change = Change(Action.CONFIRM, now)
        change.columns = {"closed_at": now}
        await write(case, change, by=by)
    outbox.wake()


async def reopen(case_id: UUID, *, by: ResidentActor, now: datetime, reason: str) -> None:
    """Reopen 退回继续处理 what was not solved: with whoever said it was, in the limits it had."""
    async with in_transaction():
        case = await locked.by_applicant(case_id, Action.REOPEN, by=by)
        change = Change(Action.REOPEN, now, public={"reason": reason})
        change.columns = {"decided_at": None, "outcome": None}
        await write(case, change, by=by)
    outbox.wake()
