"""The lifecycle of a case: of each flow its table of moves, and its own words."""

from backend.cases.rules import approval, enrol, request
from backend.cases.rules.lifecycle import HANDED_OVER, INSIDE, Action, Move, Moves
from models import CaseStatus, Flow

_IN_EVERY_FLOW = {a: (each.by, each.statuses) for a, each in INSIDE.items()} | HANDED_OVER


def _whole(told: Moves) -> dict[CaseStatus, dict[Action, Move]]:
    """The moves from every status: the flow's own, and those that every flow has."""
    return {
        status: dict(told.get(status, {}))
        | {
            action: Move(by, frozenset({status}))
            for action, (by, statuses) in _IN_EVERY_FLOW.items()
            if status in statuses
        }
        for status in CaseStatus
    }


MOVES = {
    Flow.APPROVAL: _whole(approval.MOVES),
    Flow.REQUEST: _whole(request.MOVES),
    Flow.ENROL: _whole(enrol.MOVES),
}
"""All moves of each flow; an item of the flow `booking` has no cases."""


def move(  # noqa: PLR0917 - where the case is, and what is to be done
    flow: Flow, status: CaseStatus, action: Action, step: int, steps: int
) -> Move | None:
    """The move `action` makes from `status` at step `step` of `steps` (1-based), or None."""
    found = MOVES[flow][status].get(action)
    return found if found and found.fits(step, steps) else None
