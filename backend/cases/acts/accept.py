"""What a window does with a new application: accept it, or decline it."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked
from backend.cases.record.change import Change, write
from backend.cases.rules.lifecycle import Action
from backend.identity.actors import StaffActor
from notifications.telling import outbox


async def accept(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, note: str | None
) -> None:
    """Accept 受理: both clocks start, every paper counts as good."""
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.ACCEPT, by=by, seen=seen)
        change = Change(Action.ACCEPT, now, internal={"note": note})
        change.columns = {"accepted_at": now}
        change.materials_accepted = True
        await write(case, change, by=by)
    outbox.wake()


async def decline(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, reason: str, go_to: str | None
) -> None:
    """Decline 不予受理, with the reason and, where it is another office's power, where to go."""
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.DECLINE, by=by, seen=seen)
        change = Change(Action.DECLINE, now, public={"reason": reason, "go_to": go_to})
        change.columns = {"closed_at": now}
        await write(case, change, by=by)
    outbox.wake()
