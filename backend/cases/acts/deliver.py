"""Handing out the result, and closing the case."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked
from backend.cases.reading import desk as desks
from backend.cases.record.change import Change
from backend.cases.record.writing import write
from backend.cases.rules import rights
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import CloseReasonRequired, PickupOnly
from backend.catalogue.shapes import Delivery
from backend.identity.actors import StaffActor
from config import characters
from models import CaseStatus
from notifications.telling import outbox


async def deliver(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, method: Delivery, note: str | None
) -> None:
    """Deliver 送达 the result: pickup, post or electronic.

    The window that filed the case for somebody only hands it out: PickupOnly.
    """
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.DELIVER, by=by, seen=seen)
        if method != "pickup" and rights.only_at_counter(by.posts, desks.of(case)):
            raise PickupOnly
        change = Change(Action.DELIVER, now, public={"method": method})
        change.done_at = desks.acting_unit(by, case)
        change.internal = {"note": note}
        await write(case, change, by=by)
    outbox.wake()


async def close(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, reason: str | None
) -> None:
    """Close 办结 what is delivered or over; a request that nobody confirmed only with a reason."""
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.CLOSE, by=by, seen=seen)
        if case.status is CaseStatus.DONE and not characters.visible(reason or ""):
            raise CloseReasonRequired
        change = Change(Action.CLOSE, now, public={"reason": reason})
        change.done_at = desks.acting_unit(by, case)
        change.columns = {"closed_at": now}
        await write(case, change, by=by)
    outbox.wake()
