"""The flow approval 审批: an application is accepted, reviewed, decided and delivered."""

from backend.cases.rules.lifecycle import Action, By, Move, Moves, S, Where

_WITHDRAW = Move(By.APPLICANT, frozenset({S.WITHDRAWN}))
_REQUEST = Move(By.STEP_ROLE, frozenset({S.SUPPLEMENT_REQUESTED}))
_PASS = Move(By.STEP_ROLE, frozenset({S.UNDER_REVIEW}), Where.BEFORE_LAST)
_DECIDE = Move(By.STEP_ROLE, frozenset({S.APPROVED, S.DENIED}), Where.LAST)
_DELIVER = Move(By.COUNTER, frozenset({S.DELIVERED}))

MOVES: Moves = {
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
    S.APPROVED: {Action.DELIVER: _DELIVER},
    S.DENIED: {Action.DELIVER: _DELIVER},
    S.DELIVERED: {Action.CLOSE: Move(By.WINDOW, frozenset({S.CLOSED}))},
}
