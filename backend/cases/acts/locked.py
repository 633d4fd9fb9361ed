"""A case under its lock, for whoever the lifecycle lets act on it now."""

from uuid import UUID

from backend.cases.acts import statements
from backend.cases.reading import changes, queries, scope
from backend.cases.reading import desk as desks
from backend.cases.record import recusals
from backend.cases.record import statements as record_statements
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import flows, rights, texts
from backend.cases.rules.lifecycle import Action, By, Move
from backend.cases.rules.refusals import (
    CaseNotFound,
    NotYourUnit,
    RoleMissing,
    SubjectMissing,
    TaskTaken,
    TransferNotOpen,
)
from backend.cases.rules.rights import Desk
from backend.identity.actors import ResidentActor, StaffActor
from backend.mandates.acting import Behalf
from backend.refusals import ActionNotAllowed, VersionStale
from config.database import connection


async def by_staff(case_id: UUID, action: Action, *, by: StaffActor, seen: int) -> Snapshot:
    """The case under its lock, once the actor, the version and the lifecycle allow the action.

    Raises CaseNotFound, StaffRecused, OwnCase, VersionStale, NotYourUnit, RoleMissing,
    ActionNotAllowed or TaskTaken.
    """
    case = await _covered(case_id, by)
    # Before the unit: a colleague may just have sent it on from this one.
    await _check_version(case, by, seen)
    _check_role(case, _desk(case, by), action, by)
    await _check_assignee(case, by)
    return case


async def by_colleague(case_id: UUID, action: Action, *, by: StaffActor) -> Snapshot:
    """The case under its lock, in whatever version and whoever has it in hand.

    Raises CaseNotFound, StaffRecused, OwnCase, NotYourUnit, RoleMissing or ActionNotAllowed.
    """
    case = await _covered(case_id, by)
    _check_role(case, _desk(case, by), action, by)
    return case


async def to_send_on(case_id: UUID, action: Action, *, by: StaffActor, seen: int) -> Snapshot:
    """The case under its lock, for whoever of the holder may send it on, and supervisors above.

    Only a supervisor may while a colleague has it in hand. Raises CaseNotFound, StaffRecused,
    OwnCase, VersionStale, NotYourUnit, RoleMissing, ActionNotAllowed or TaskTaken.
    """
    case = await _covered(case_id, by)
    await _check_version(case, by, seen)
    await _check_sender(case, action, by)
    return case


async def sent_on(case_id: UUID, action: Action, *, by: StaffActor) -> Snapshot:
    """The same, in whatever version, for whoever may take back what was sent on."""
    case = await _covered(case_id, by)
    await _check_sender(case, action, by)
    return case


async def by_receiver(case_id: UUID, action: Action, *, by: StaffActor) -> Snapshot:
    """The case under its lock, for whoever may answer the transfer that is open to their unit.

    Raises CaseNotFound, NotYourUnit, RoleMissing, StaffRecused, OwnCase or ActionNotAllowed;
    TransferNotOpen where none is open to them, or one was before.
    """
    if not await connection().execute_query_dict(statements.LOCK, [case_id]):
        raise CaseNotFound
    case = await queries.one(case_id)
    mine = {post.unit_code for post in by.posts}
    if case.incoming_unit_code not in mine:
        if await connection().execute_query_dict(statements.WAS_SENT, [case_id, list(mine)]):
            raise TransferNotOpen
        if not scope.sees(by, case):
            raise CaseNotFound
        raise TransferNotOpen if case.incoming_unit_code is None else NotYourUnit
    if not rights.may(by.posts, desks.of(case), _move(case, action)):
        raise RoleMissing
    await recusals.check(case_id, by)
    return case


async def to_recuse(case_id: UUID, action: Action, *, by: StaffActor, other: bool) -> Snapshot:
    """The case under its lock, for who recuses themselves or an `other`, or ends it.

    An `other` only as a supervisor; themselves also where the case is being sent to. Raises
    CaseNotFound, NotYourUnit, RoleMissing or ActionNotAllowed.
    """
    case = await _seen(case_id, by)
    desk, move = desks.of(case), _move(case, action)
    asked = not other and rights.receives(by.posts, desk)
    may = asked or rights.may(by.posts, desk, move)
    if not may or (other and not rights.supervises(by.posts, desk)):
        raise RoleMissing if rights.takes_part(by.posts, desk, case.status) else NotYourUnit
    return case


async def by_applicant(case_id: UUID, action: Action, *, by: ResidentActor) -> Snapshot:
    """A case of the resident or their person under its lock, once the lifecycle allows the action.

    Raises CaseNotFound or ActionNotAllowed.
    """
    if not await connection().execute_query_dict(statements.LOCK_OWN, [case_id, by.id]):
        raise CaseNotFound
    return await _of_applicant(case_id, action)


async def by_agent(case_id: UUID, action: Action, *, behalf: Behalf) -> Snapshot:
    """The same of a case of the principal's that the agent's mandate covers."""
    given = [case_id, behalf.principal_id, behalf.items]
    if not await connection().execute_query_dict(statements.LOCK_OF_PERSON, given):
        raise CaseNotFound
    return await _of_applicant(case_id, action)


async def _of_applicant(case_id: UUID, action: Action) -> Snapshot:
    case = await queries.one(case_id)
    if _move(case, action).by is not By.APPLICANT:
        raise _not_allowed(case)
    return case


async def at_window(case_id: UUID, action: Action, *, by: StaffActor, seen: int) -> Snapshot:
    """The same for a window that sees the case, by its posts, and does it for the applicant.

    Not for one that sees it just because it is asked to take it over. Raises CaseNotFound,
    NotYourUnit, StaffRecused, OwnCase, VersionStale, SubjectMissing for a case of nobody who was
    verified, or ActionNotAllowed.
    """
    case = await _covered(case_id, by)
    if not scope.sees(by, case._replace(incoming_unit_code=None)):
        raise NotYourUnit
    await _check_version(case, by, seen)
    if case.subject_id is None:
        raise SubjectMissing
    if _move(case, action).by is not By.APPLICANT:
        raise _not_allowed(case)
    return case


async def _check_version(case: Snapshot, by: StaffActor, seen: int) -> None:
    if case.version != seen:
        whole = scope.of(by).covers(case)
        raise VersionStale(await changes.since(case, seen, whole=whole))


async def _check_sender(case: Snapshot, action: Action, by: StaffActor) -> None:
    desk, move = desks.of(case), _move(case, action)
    if not rights.may(by.posts, desk, move):
        raise RoleMissing if rights.takes_part(by.posts, desk, case.status) else NotYourUnit
    if not rights.supervises(by.posts, desk):
        await _check_assignee(case, by)


async def _covered(case_id: UUID, by: StaffActor) -> Snapshot:
    """The case under its lock, for who sees it and may have a part in it."""
    case = await _seen(case_id, by)
    await recusals.check(case_id, by)
    return case


async def _seen(case_id: UUID, by: StaffActor) -> Snapshot:
    if not await connection().execute_query_dict(statements.LOCK, [case_id]):
        raise CaseNotFound
    case = await queries.one(case_id)
    if not scope.sees(by, case):
        raise CaseNotFound
    return case


def _desk(case: Snapshot, by: StaffActor) -> Desk:
    desk = desks.of(case)
    if not rights.takes_part(by.posts, desk, case.status):
        raise NotYourUnit
    return desk


def _check_role(case: Snapshot, desk: Desk, action: Action, by: StaffActor) -> None:
    move = _move(case, action)
    if move.by is By.APPLICANT:
        raise _not_allowed(case)
    if not rights.may(by.posts, desk, move):
        raise RoleMissing


def _move(case: Snapshot, action: Action) -> Move:
    steps = len(case.item.route)
    move = flows.move(case.item.flow, case.status, action, case.step, steps)
    if move is None:
        raise _not_allowed(case)
    return move


def _not_allowed(case: Snapshot) -> ActionNotAllowed:
    return ActionNotAllowed(f"办件“{texts.status_text(case.item.flow, case.status)}”时不能这样办理")


async def _check_assignee(case: Snapshot, by: StaffActor) -> None:
    rows = await connection().execute_query_dict(record_statements.ASSIGNEE, [case.id])
    if rows and rows[0]["assignee_id"] not in {None, by.id, *by.deputy_for}:
        raise TaskTaken
