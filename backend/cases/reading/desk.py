"""Where a case is for those who work on it: its desk, and what each of them may do there now."""

from dataclasses import replace
from uuid import UUID

from backend.cases.reading import scope
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import flows, lifecycle, rights
from backend.cases.rules.lifecycle import Action, By, Move
from backend.cases.rules.rights import Desk
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from backend.organisation.queries import NoSuchUnit
from models import Role


def allowed(by: StaffActor, case: Snapshot, *, assignee: UUID | None) -> list[Action]:
    """What the actor may do now to bring the case on, in the lifecycle's order.

    While a colleague, the `assignee` of the case's task, has it in hand, only what does not ask for
    that: to take it over from another unit, what a supervisor may, and what a window does for the
    applicant who stands there.
    """
    desk, flow, steps = of(case), case.item.flow, len(case.item.route)
    in_hand = assignee not in {None, by.id, *by.deputy_for}
    window, custody = _serves(by, case), _custody(by, desk, in_hand=in_hand)
    moves = {
        action: flows.move(flow, case.status, action, case.step, steps)
        for action in flows.MOVES[flow][case.status]
        if action in lifecycle.CUSTODY or action not in lifecycle.INSIDE
    }

    def offered(action: Action, move: Move) -> bool:
        if move.by is By.APPLICANT:
            return window
        free = action in custody if action in lifecycle.CUSTODY else not in_hand
        return free and rights.may(by.posts, desk, move)

    return [action for action, move in moves.items() if move and offered(action, move)]


def _serves(by: StaffActor, case: Snapshot) -> bool:
    """Whether a window of the actor's sees the case, and may do what is its applicant's to do."""
    # Not because it is asked to take the case over.
    ours = case._replace(incoming_unit_code=None)
    return case.subject_id is not None and any(
        scope.sees(replace(by, posts=(post,)), ours) for post in by.posts if post.role is Role.CLERK
    )


def _custody(by: StaffActor, desk: Desk, *, in_hand: bool) -> set[Action]:
    """What may be done about a transfer: whether one is open, and who has the case in hand."""
    if desk.incoming_code is None:
        possible = {Action.TRANSFER}
    else:
        possible = {Action.HANDOVER, Action.REFUSE_HANDOVER, Action.RECALL}
    if in_hand and not rights.supervises(by.posts, desk):
        possible -= {Action.TRANSFER, Action.RECALL}
    return possible


def window_code(case: Snapshot) -> str:
    """The unit that takes papers in and hands results out: that of the first step.

    Empty where no such unit is known any more: then nobody is in it, and the case is still read.
    """
    first = case.item.route[0]
    try:
        return organisation.step_unit(first, case.community_code, case.item.department_code).code
    except NoSuchUnit:
        return ""


def acting_unit(by: StaffActor, case: Snapshot) -> str:
    """Where it is done what a window may do: at the holder, where it is accepted, or filed."""
    mine = {post.unit_code for post in by.posts}
    places = (case.holder_code, window_code(case), case.received_unit_code)
    return next((code for code in places if code in mine), case.holder_code)


def of(case: Snapshot) -> Desk:
    """The unit that holds it, the one that accepts, whose step it is, and which window filed it."""
    return of_task(case, unit_code=case.holder_code, step=case.step)


def of_task(case: Snapshot, *, unit_code: str, step: int) -> Desk:
    """The same of one of its tasks, which may be another unit's and of another step."""
    return Desk(
        flow=case.item.flow,
        holder_code=unit_code,
        holder_path=organisation.known_or_not(unit_code).path,
        window_code=window_code(case),
        step_role=case.item.route[step - 1].role,
        received_code=case.received_unit_code,
        incoming_code=case.incoming_unit_code,
    )
