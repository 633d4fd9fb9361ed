"""A member of staff has no part in a case from now on, or has again."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked, statements
from backend.cases.record import recusals
from backend.cases.record.change import Change
from backend.cases.record.snapshot import Snapshot
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import AssigneeUnknown, RecusalNotFound, RecusalNotYours
from backend.cases.rules.said import Internal
from backend.identity import staff
from backend.identity.actors import StaffActor
from config.database import connection
from notifications.telling import messages, outbox
from notifications.telling.outgoing import Outgoing
from notifications.telling.recipients import Staff


async def recuse(
    case_id: UUID, *, by: StaffActor, staff_id: UUID | None, reason: str, now: datetime
) -> None:
    """Recuse 回避 oneself or, as a supervisor of the holder, a colleague; safe to repeat.

    Oneself also in the unit that the case is being sent to.

    What they have in hand goes back to the unit; a supervisor is told where nobody is left for it.
    Raises CaseNotFound, NotYourUnit, RoleMissing, ActionNotAllowed or AssigneeUnknown.
    """
    whom = staff_id or by.id
    async with in_transaction():
        # Before the case, as what assigns does: whoever claims meanwhile is waited for.
        if not await staff.hold(whom):
            raise AssigneeUnknown
        case = await locked.to_recuse(case_id, Action.RECUSE, by=by, other=whom != by.id)
        if whom not in {each.staff_id for each in await recusals.of_case(case_id)}:
            await recusals.add(case, whom, made_by=by.id, reason=reason, at=now)
            await _write(case, Action.RECUSE, {"recused": str(whom)}, by=by, now=now)
            released = await connection().execute_query_dict(statements.TAKE_BACK, [case_id, whom])
            await _tell(case, whom, by, now, had_it=bool(released))
    outbox.wake()


async def end(
    case_id: UUID, *, by: StaffActor, staff_id: UUID | None, reason: str, now: datetime
) -> None:
    """End the recusal that one has declared, of oneself or as a supervisor of a colleague.

    What the reason says is for all staff of the case; a colleague is told. That a case is one's own
    does not end. Raises CaseNotFound, NotYourUnit, RoleMissing, ActionNotAllowed, RecusalNotFound
    or RecusalNotYours.
    """
    whom = staff_id or by.id
    async with in_transaction():
        case = await locked.to_recuse(case_id, Action.END_RECUSAL, by=by, other=whom != by.id)
        made_by = {each.staff_id: each.made_by for each in await recusals.of_case(case_id)}
        if whom not in made_by:
            raise RecusalNotFound
        if made_by[whom] != by.id:
            raise RecusalNotYours
        await recusals.end(case_id, whom, ended_by=by.id, at=now)
        said: Internal = {"recused": str(whom), "reason": reason}
        await _write(case, Action.END_RECUSAL, said, by=by, now=now)
        if whom != by.id:
            await outbox.enqueue(_said("end_recusal", case, whom, by=by, at=now))
    outbox.wake()


async def _write(
    case: Snapshot, action: Action, said: Internal, *, by: StaffActor, now: datetime
) -> None:
    """The event, of the unit that the case is being sent to where that is theirs."""
    change, mine = Change(action, now, internal=said), {post.unit_code for post in by.posts}
    if case.incoming_unit_code in mine and case.holder_code not in mine:
        change.done_at = case.incoming_unit_code
    await write(case, change, by=by)


async def _tell(case: Snapshot, whom: UUID, by: StaffActor, now: datetime, *, had_it: bool) -> None:
    told = await recusals.nobody_left(case, case.holder_code, at=now)
    if whom != by.id:
        told += [
            _said(action, case, whom, by=by, at=now)
            for action in (("recuse", "unassign") if had_it else ("recuse",))
        ]
    if told:
        await outbox.enqueue(*told)


def _said(action: str, case: Snapshot, whom: UUID, *, by: StaffActor, at: datetime) -> Outgoing:
    return messages.tasks_message(
        action,
        to=Staff(whom),
        cases=[(case.id, case.number, case.item.name)],
        at=at,
        by_staff_id=by.id,
    )
