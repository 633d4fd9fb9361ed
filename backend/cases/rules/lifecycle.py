"""The lifecycle of a case as a table: which action, by whom, from which status, to which."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from models import CaseStatus

S = CaseStatus
Outcome = Literal["approved", "denied"]
"""What a decision may be."""


class Action(StrEnum):
    """The verbs of the lifecycle: URL, event and message kind at once."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    DECLINE = "decline"
    REQUEST_SUPPLEMENT = "request_supplement"
    SUPPLEMENT = "supplement"
    PASS = "pass"  # noqa: S105 - the lifecycle's word for agreeing to a step
    RETURN = "return"
    DECIDE = "decide"
    DELIVER = "deliver"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    NOTE = "note"


class By(StrEnum):
    """Who may: the applicant, the role of the present step, or a role of the holder's unit.

    WINDOW: clerks, reviewers and approvers of the holder, and clerks of the unit that accepted
    (one window in, one window out). COLLEAGUE: whoever has a post at the holder's unit.
    """

    APPLICANT = "applicant"
    STEP_ROLE = "step_role"
    CLERK = "clerk"
    WINDOW = "window"
    COLLEAGUE = "colleague"


class Where(StrEnum):
    """At which step of the route."""

    ANY = "any"
    BEFORE_LAST = "before_last"
    AFTER_FIRST = "after_first"
    LAST = "last"


@dataclass(frozen=True)
class Move:
    """One allowed change; `after` None means: back to the status before the supplement request."""

    by: By
    after: frozenset[CaseStatus] | None
    where: Where = Where.ANY


_WITHDRAW = Move(By.APPLICANT, frozenset({S.WITHDRAWN}))
_REQUEST = Move(By.STEP_ROLE, frozenset({S.SUPPLEMENT_REQUESTED}))
_PASS = Move(By.STEP_ROLE, frozenset({S.UNDER_REVIEW}), Where.BEFORE_LAST)
_DECIDE = Move(By.STEP_ROLE, frozenset({S.APPROVED, S.DENIED}), Where.LAST)
_DELIVER = Move(By.WINDOW, frozenset({S.DELIVERED}))

_TOLD: dict[CaseStatus, dict[Action, Move]] = {
    S.DRAFT: {},
    S.SUBMITTED: {
        Action.ACCEPT: Move(By.CLERK, frozenset({S.ACCEPTED})),
        Action.DECLINE: Move(By.CLERK, frozenset({S.DECLINED})),
        Action.REQUEST_SUPPLEMENT: Move(By.CLERK, frozenset({S.SUPPLEMENT_REQUESTED})),
        Action.WITHDRAW: _WITHDRAW,
    },
    S.SUPPLEMENT_REQUESTED: {
        Action.SUPPLEMENT: Move(By.APPLICANT, None),
        Action.WITHDRAW: _WITHDRAW,
    },
    S.ACCEPTED: {
        Action.REQUEST_SUPPLEMENT: _REQUEST,
        Action.PASS: _PASS,
        Action.DECIDE: _DECIDE,
        Action.WITHDRAW: _WITHDRAW,
    },
    S.UNDER_REVIEW: {
        Action.REQUEST_SUPPLEMENT: _REQUEST,
        Action.PASS: _PASS,
        Action.RETURN: Move(By.STEP_ROLE, frozenset({S.UNDER_REVIEW}), Where.AFTER_FIRST),
        Action.DECIDE: _DECIDE,
        Action.WITHDRAW: _WITHDRAW,
    },
    S.SUSPENDED: {},
    S.APPROVED: {Action.DELIVER: _DELIVER},
    S.DENIED: {Action.DELIVER: _DELIVER},
    S.DELIVERED: {Action.CLOSE: Move(By.WINDOW, frozenset({S.CLOSED}))},
    S.CLOSED: {},
    S.DECLINED: {},
    S.WITHDRAWN: {},
    S.TERMINATED: {},
}

INSIDE = frozenset({Action.NOTE})
"""What changes nothing for the applicant, who neither sees nor hears of it: the case stays where it
is, in its version, and its task in the hands it is in. Each has a move from every status back to
itself."""
MOVES = {
    status: moves
    | {
        action: Move(By.COLLEAGUE, frozenset({status}))
        for action in INSIDE
        if status is not S.DRAFT
    }
    for status, moves in _TOLD.items()
}
"""All moves: those the applicant is told of, and those inside."""

FINAL = frozenset({S.CLOSED, S.DECLINED, S.WITHDRAWN, S.TERMINATED})
RUNNING = frozenset({S.ACCEPTED, S.UNDER_REVIEW, S.SUPPLEMENT_REQUESTED})


def move(status: CaseStatus, action: Action, *, step: int, steps: int) -> Move | None:
    """The move `action` makes from `status` at step `step` of `steps` (1-based), or None."""
    found = MOVES[status].get(action)
    if found is None:
        return None
    fits = {
        Where.ANY: True,
        Where.BEFORE_LAST: step < steps,
        Where.AFTER_FIRST: step > 1,
        Where.LAST: step == steps,
    }
    return found if fits[found.where] else None


def target(found: Move, *, chosen: CaseStatus | None, before: CaseStatus | None) -> CaseStatus:
    """The status that a move leads to; raises ValueError for one that the table does not name.

    `chosen` only where it names several; `before` is the status before the supplement request.
    """
    if found.after is None:
        return before or CaseStatus.SUBMITTED
    after = chosen or min(found.after)
    if after not in found.after or (chosen is None and len(found.after) > 1):
        raise ValueError(after)
    return after
