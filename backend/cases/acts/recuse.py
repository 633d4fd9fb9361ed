"""A member of staff has no part in a case from now on."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked, statements
from backend.cases.reading import desk as desks
from backend.cases.record import recusals
from backend.cases.record.change import Change
from backend.cases.record.snapshot import Snapshot
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import AssigneeUnknown
from backend.identity import staff
from backend.identity.actors import StaffActor
from config.database import connection
from notifications.telling import messages, outbox
from notifications.telling.recipients import Staff


async def recuse(
    case_id: UUID, *, by: StaffActor, staff_id: UUID | None, reason: str, now: datetime
) -> None:
    """Recuse 回避 oneself or, as a supervisor of the holder, a colleague; safe to repeat.

    What they have in hand goes back to the unit; a supervisor is told where nobody is left for it.
    Raises CaseNotFound, NotYourUnit, RoleMissing, ActionNotAllowed or AssigneeUnknown.
    """
    whom = staff_id or by.id
    async with in_transaction():
        # Before the case, as what assigns does: whoever claims meanwhile is waited for.
        if not await staff.hold(whom):
            raise AssigneeUnknown
        case = await locked.to_recuse(case_id, by=by, other=whom != by.id)
        if whom not in {each.staff_id for each in await recusals.of_case(case_id)}:
            await recusals.add(case, whom, made_by=by.id, reason=reason, at=now)
            change = Change(Action.RECUSE, now, internal={"recused": str(whom)})
            await write(case, change, by=by)
            released = await connection().execute_query_dict(statements.TAKE_BACK, [case_id, whom])
            await _tell(case, whom, by, now, had_it=bool(released))
    outbox.wake()


async def _tell(case: Snapshot, whom: UUID, by: StaffActor, now: datetime, *, had_it: bool) -> None:
    told = await recusals.nobody_left(case, desks.of(case).holder_path, at=now)
    if whom != by.id:
        told += [
            messages.tasks_message(
                action,
                to=Staff(whom),
                cases=[(case.id, case.number, case.item.name)],
                at=now,
                by_staff_id=by.id,
            )
            for action in (("recuse", "unassign") if had_it else ("recuse",))
        ]
    if told:
        await outbox.enqueue(*told)
