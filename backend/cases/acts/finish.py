"""How a request ends: what was done is told, and whoever asked says whether it helped."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked
from backend.cases.acts.submit import Window
from backend.cases.record import intake
from backend.cases.record.change import Change
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import Action
from backend.identity.actors import ResidentActor, StaffActor
from backend.mandates.acting import Behalf
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
        await write(case, _confirmed(now), by=by)
    outbox.wake()


async def reopen(case_id: UUID, *, by: ResidentActor, now: datetime, reason: str) -> None:
    """Reopen 退回继续处理 what was not solved: with whoever said it was, in the limits it had."""
    async with in_transaction():
        case = await locked.by_applicant(case_id, Action.REOPEN, by=by)
        await write(case, _reopened(reason, now), by=by)
    outbox.wake()


async def answered_for_principal(
    case_id: UUID, behalf: Behalf, *, now: datetime, unsolved: str | None
) -> None:
    """Confirm for who gave a mandate, or reopen what is `unsolved`; in its transaction."""
    change = _confirmed(now) if unsolved is None else _reopened(unsolved, now)
    case = await locked.by_agent(case_id, change.action, behalf=behalf)
    change.by_agent()
    await write(case, change, by=behalf.agent)


async def answered_at_window(
    case_id: UUID,
    *,
    by: StaffActor,
    window: Window,
    seen: int,
    now: datetime,
    unsolved: str | None,
) -> None:
    """Confirm at a window, for the person that the case is of, or reopen what is `unsolved`.

    Raises as `locked.at_window`; FileUnknown for no such consent.
    """
    change = _confirmed(now) if unsolved is None else _reopened(unsolved, now)
    async with in_transaction():
        case = await locked.at_window(case_id, change.action, by=by, seen=seen)
        await intake.hand_over(window.intake, [], person_id=case.subject_id)
        change.at_window(window.unit_code, window.intake)
        await write(case, change, by=by)
    outbox.wake()


def _confirmed(now: datetime) -> Change:
    change = Change(Action.CONFIRM, now)
    change.columns = {"closed_at": now}
    return change


def _reopened(reason: str, now: datetime) -> Change:
    change = Change(Action.REOPEN, now, public={"reason": reason})
    change.columns = {"decided_at": None, "outcome": None}
    return change
