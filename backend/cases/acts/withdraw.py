"""Withdrawing an application."""

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


async def withdraw(case_id: UUID, *, by: ResidentActor, now: datetime, reason: str | None) -> None:
    """Withdraw 撤回 the application before it is decided, or give back the place it was given."""
    async with in_transaction():
        case = await locked.by_applicant(case_id, Action.WITHDRAW, by=by)
        await write(case, _change(reason, now), by=by)
    outbox.wake()


async def for_principal(
    case_id: UUID, behalf: Behalf, *, now: datetime, reason: str | None
) -> None:
    """The same for who gave a mandate, in whose transaction it is to be called."""
    case = await locked.by_agent(case_id, Action.WITHDRAW, behalf=behalf)
    change = _change(reason, now)
    change.by_agent()
    await write(case, change, by=behalf.agent)


async def at_window(
    case_id: UUID,
    *,
    by: StaffActor,
    window: Window,
    seen: int,
    now: datetime,
    reason: str | None,
) -> None:
    """The same at a window, for the person that the case is of; FileUnknown for no such consent."""
    async with in_transaction():
        case = await locked.at_window(case_id, Action.WITHDRAW, by=by, seen=seen)
        await intake.hand_over(window.intake, [], person_id=case.subject_id)
        change = _change(reason, now)
        change.at_window(window.unit_code, window.intake)
        await write(case, change, by=by)
    outbox.wake()


def _change(reason: str | None, now: datetime) -> Change:
    change = Change(Action.WITHDRAW, now)
    change.public = {"reason": reason} if reason else {}
    # What was given, as a place, is given back.
    change.columns = {"decided_at": None, "outcome": None, "warn_at": None}
    change.columns |= {"closed_at": now, "supplement_sealed": None, "resume_status": None}
    return change
