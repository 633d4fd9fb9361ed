"""Giving one of the places of a course or an activity."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked, statements
from backend.cases.record.change import Change
from backend.cases.record.snapshot import Snapshot
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import PlacesTaken
from backend.identity.actors import StaffActor
from config.database import connection
from models import CaseStatus
from notifications.telling import outbox


async def enrol(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, note: str | None
) -> None:
    """Give the applicant a place 录取; PlacesTaken where the holder's unit has given them all.

    An item without `places` has no quota. Whoever withdraws gives the place back.
    """
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.ENROL, by=by, seen=seen)
        if case.item.places is not None and await _taken(case) >= case.item.places:
            raise PlacesTaken
        change = Change(Action.ENROL, now, internal={"note": note})
        change.columns = {"decided_at": now, "outcome": "enrolled"}
        change.materials_accepted = True
        await write(case, change, by=by)
    outbox.wake()


async def _taken(case: Snapshot) -> int:
    """How many places of the item this unit has given; nobody else gives one meanwhile."""
    place = [case.item_code, case.holder_code]
    await connection().execute_query_dict(statements.LOCK_PLACES, place)
    rows = await connection().execute_query_dict(
        statements.PLACES_TAKEN, [*place, CaseStatus.ENROLLED]
    )
    taken: int = rows[0]["taken"]
    return taken
