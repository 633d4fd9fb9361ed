"""Deciding a case: approved, or denied with reasons."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked
from backend.cases.record.change import Change
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import Action, Decision
from backend.cases.rules.refusals import ReasonRequired
from backend.identity.actors import StaffActor
from config import characters
from models import CaseStatus
from notifications.telling import outbox


async def decide(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, outcome: Decision, opinion: str
) -> None:
    """Decide 决定: approved, or denied with the reasons told to the applicant (行政许可法 38)."""
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.DECIDE, by=by, seen=seen)
        denied = outcome == "denied"
        if denied and not characters.visible(opinion):
            raise ReasonRequired
        change = Change(
            Action.DECIDE, now, chosen=CaseStatus(outcome), internal={"opinion": opinion}
        )
        change.public = {"reason": opinion if denied else None}
        change.columns = {"decided_at": now, "outcome": outcome}
        await write(case, change, by=by)
    outbox.wake()
