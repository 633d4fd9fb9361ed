"""Withdrawing an application."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked
from backend.cases.record.change import Change, write
from backend.cases.rules.lifecycle import Action
from backend.identity.actors import ResidentActor
from notifications.telling import outbox


async def withdraw(case_id: UUID, *, by: ResidentActor, now: datetime, reason: str | None) -> None:
    """Withdraw 撤回 the application before it is decided, or give back the place it was given."""
    async with in_transaction():
        case = await locked.by_applicant(case_id, Action.WITHDRAW, by=by)
        change = Change(Action.WITHDRAW, now)
        change.public = {"reason": reason} if reason else {}
        # What was given, as a place, is given back.
        change.columns = {"decided_at": None, "outcome": None}
        change.columns |= {"closed_at": now, "supplement_sealed": None, "resume_status": None}
        await write(case, change, by=by)
    outbox.wake()
