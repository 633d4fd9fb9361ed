"""What a window does with something new: accept it, dispatch it, or decline it."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked
from backend.cases.record.change import Change
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import StepNotAhead
from backend.identity.actors import StaffActor
from notifications.telling import outbox


async def accept(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, note: str | None
) -> None:
    """Accept 受理: both clocks start, every paper counts as good."""
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.ACCEPT, by=by, seen=seen)
        change = Change(Action.ACCEPT, now, internal={"note": note})
        change.materials_accepted = True
        await write(case, change, by=by)
    outbox.wake()


async def dispatch(
    case_id: UUID,
    *,
    by: StaffActor,
    seen: int,
    now: datetime,
    to_step: int | None,
    note: str | None,
) -> None:
    """Dispatch 交办 a request to a later step, the next if none is named; both clocks start.

    Where the route has one step, it is dealt with where it came in.
    """
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.DISPATCH, by=by, seen=seen)
        last = len(case.item.route)
        step = min(case.step + 1, last) if to_step is None else to_step
        if not case.step <= step <= last:
            raise StepNotAhead
        change = Change(Action.DISPATCH, now, internal={"note": note})
        change.materials_accepted = True
        if step > case.step:
            change.go_to(case, step)
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
