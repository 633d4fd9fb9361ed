"""What a reviewer does at a step: pass it on, or return it to one already passed."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked, statements
from backend.cases.record.change import Change
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import COMES, Action
from backend.cases.rules.refusals import StepNotPassed
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from config.clock import city_day
from config.database import connection
from notifications.telling import outbox


async def pass_step(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, opinion: str
) -> None:
    """Pass 通过 this step: the case goes to the unit of the next one."""
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.PASS, by=by, seen=seen)
        change = Change(Action.PASS, now, internal={"opinion": opinion})
        change.go_to(case, case.step + 1)
        await write(case, change, by=by)
    outbox.wake()


async def return_step(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, to_step: int, reason: str
) -> None:
    """Return 退回 to a step already passed, to the unit that had it as long as there is one."""
    async with in_transaction():
        case = await locked.by_staff(case_id, Action.RETURN, by=by, seen=seen)
        had_by = await _had_by(case.id, to_step) if to_step < case.step else None
        if had_by is None:
            raise StepNotPassed
        change = Change(Action.RETURN, now, internal={"reason": reason})
        if organisation.is_valid(organisation.known_or_not(had_by), on=city_day(now)):
            change.step, change.holder_code = to_step, had_by
        else:
            change.go_to(case, to_step)
        await write(case, change, by=by)
    outbox.wake()


async def _had_by(case_id: UUID, step: int) -> str | None:
    given = [case_id, step, sorted(COMES)]
    rows = await connection().execute_query_dict(statements.HAD_STEP, given)
    return rows[0]["unit_id"] if rows else None
