"""What staff write down for each other."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked
from backend.cases.record.change import Change
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import Action
from backend.identity.actors import StaffActor


async def note(case_id: UUID, *, by: StaffActor, now: datetime, text: str) -> None:
    """Leave a note 内部备注 in the case's history that the applicant never sees.

    Whoever has the case in hand keeps it, and another's note is in nobody's way.
    """
    async with in_transaction():
        case = await locked.by_colleague(case_id, Action.NOTE, by=by)
        await write(case, Change(Action.NOTE, now, internal={"note": text}), by=by)
