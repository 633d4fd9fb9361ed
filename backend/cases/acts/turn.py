"""Taking a turn with a case: its lock, and whether the lifecycle lets the actor act now."""

from uuid import UUID

from backend.cases.reading import queries, scope
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import lifecycle, rights, texts
from backend.cases.rules.lifecycle import Action, By, Move
from backend.cases.rules.rights import Desk
from backend.errors import Conflict, Forbidden, NotFound, Stale
from backend.identity.actors import ResidentActor, StaffActor
from backend.organisation import queries as organisation
from config.database import connection

# First of all locks of a change: rivals wait here, and read the case once it is theirs.
_LOCK = 'SELECT id FROM "case" WHERE id = $1 FOR UPDATE'
_LOCK_OWN = 'SELECT id FROM "case" WHERE id = $1 AND resident_id = $2 FOR UPDATE'
_ASSIGNEE = "SELECT assignee_id FROM task WHERE case_id = $1 AND done_at IS NULL"


async def of_staff(case_id: UUID, action: Action, *, by: StaffActor, seen: int) -> Snapshot:
    """The case under its lock, once the actor, the version and the lifecycle allow the action.

    Raises NotFound (case_not_found), Forbidden (not_your_unit, role_missing), Stale, and Conflict
    (action_not_allowed, task_taken).
    """
    if not await connection().execute_query_dict(_LOCK, [case_id]):
        raise queries.not_found()
    case = await queries.one(case_id)
    if not scope.of(by).covers(case):
        raise queries.not_found()
    desk = _desk(case)
    if not rights.takes_part(by.posts, desk, case.status):
        raise Forbidden("该办件不在您的单位办理", code="not_your_unit")
    if case.version != seen:
        raise Stale
    move = _move(case, action)
    if move.by is By.APPLICANT:
        raise _not_allowed(case)
    if not rights.may(by.posts, desk, move):
        raise Forbidden("您的岗位不能办理这一步", code="role_missing")
    await _check_assignee(case, by)
    return case


async def of_applicant(case_id: UUID, action: Action, *, by: ResidentActor) -> Snapshot:
    """The resident's own case under its lock, once the lifecycle allows the action.

    Raises NotFound (case_not_found) and Conflict (action_not_allowed).
    """
    if not await connection().execute_query_dict(_LOCK_OWN, [case_id, by.id]):
        raise queries.not_found()
    case = await queries.one(case_id)
    if _move(case, action).by is not By.APPLICANT:
        raise _not_allowed(case)
    return case


def allowed(by: StaffActor, case: Snapshot) -> list[Action]:
    """The actions the actor may take now, in the lifecycle's order."""
    desk, steps = _desk(case), len(case.item.route)
    moves = {
        action: lifecycle.move(case.status, action, step=case.step, steps=steps)
        for action in lifecycle.MOVES[case.status]
    }
    return [action for action, move in moves.items() if move and rights.may(by.posts, desk, move)]


def window_code(case: Snapshot) -> str:
    """The unit that takes papers in and hands results out: that of the first step.

    Empty where no such unit is known any more: then nobody is in it, and the case is still read.
    """
    first = case.item.route[0]
    try:
        return organisation.step_unit(first, case.community_code, case.item.department_code).code
    except NotFound:
        return ""


def _desk(case: Snapshot) -> Desk:
    return Desk(
        holder_code=case.holder_code,
        window_code=window_code(case),
        step_role=case.item.route[case.step - 1].role,
    )


def _move(case: Snapshot, action: Action) -> Move:
    move = lifecycle.move(case.status, action, step=case.step, steps=len(case.item.route))
    if move is None:
        raise _not_allowed(case)
    return move


def _not_allowed(case: Snapshot) -> Conflict:
    return Conflict(f"办件“{texts.STATUS[case.status]}”时不能这样办理", code="action_not_allowed")


async def _check_assignee(case: Snapshot, by: StaffActor) -> None:
    rows = await connection().execute_query_dict(_ASSIGNEE, [case.id])
    if rows and rows[0]["assignee_id"] not in {None, by.id}:
        raise Conflict("该任务已由同事领取", code="task_taken")
