"""What a flow's table of moves is made of: which action, by whom, from which status, to which."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from models import CaseStatus

S = CaseStatus
Decision = Literal["approved", "denied"]
"""What a decision may be."""
Outcome = Literal["approved", "denied", "done", "enrolled"]
"""How what was asked for ended."""


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
    DISPATCH = "dispatch"
    FINISH = "finish"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    ENROL = "enrol"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    NOTE = "note"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    HANDOVER = "handover"
    REFUSE_HANDOVER = "refuse_handover"
    RECALL = "recall"
    RECUSE = "recuse"
    END_RECUSAL = "end_recusal"


class By(StrEnum):
    """Who may: the applicant, the role of the present step, or a role of the holder's unit.

    WINDOW: clerks, reviewers and approvers of the holder, and clerks of the unit that accepted
    (one window in, one window out). COUNTER: these, and clerks of the window that filed it for
    somebody. COLLEAGUE: whoever has a post at the holder's unit. SUPERVISOR: of that unit or of one
    above it. HOLDER: clerks, reviewers, approvers of the holder, and those supervisors. RECEIVER:
    the same roles of the unit that a transfer is open to.
    """

    APPLICANT = "applicant"
    STEP_ROLE = "step_role"
    CLERK = "clerk"
    WINDOW = "window"
    COUNTER = "counter"
    COLLEAGUE = "colleague"
    SUPERVISOR = "supervisor"
    HOLDER = "holder"
    RECEIVER = "receiver"


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

    def fits(self, step: int, steps: int) -> bool:
        """Whether it is made at step `step` of `steps` (1-based)."""
        return {
            Where.ANY: True,
            Where.BEFORE_LAST: step < steps,
            Where.AFTER_FIRST: step > 1,
            Where.LAST: step == steps,
        }[self.where]


Moves = Mapping[CaseStatus, Mapping[Action, Move]]
"""All moves of a flow, by the status they are made from."""


@dataclass(frozen=True)
class Inside:
    """An act that leaves the case where it is: by whom, in which statuses, its line for staff."""

    by: By
    statuses: frozenset[CaseStatus]
    text: str


FINAL = frozenset({S.CLOSED, S.DECLINED, S.WITHDRAWN, S.TERMINATED})
_STORED = frozenset(S) - {S.DRAFT}
_OPEN = _STORED - FINAL
INSIDE = {
    Action.NOTE: Inside(By.COLLEAGUE, _STORED, "{unit}添加了内部备注"),
    Action.ASSIGN: Inside(By.SUPERVISOR, _OPEN, "{unit}的任务已分派、改派或收回"),
    Action.TRANSFER: Inside(By.HOLDER, _OPEN, "{unit}请求把办件移交另一单位"),
    Action.REFUSE_HANDOVER: Inside(By.RECEIVER, _OPEN, "移交被拒收，办件仍由原单位办理"),
    Action.RECALL: Inside(By.HOLDER, _OPEN, "移交已取消，办件仍由原单位办理"),
    Action.RECUSE: Inside(By.HOLDER, _OPEN, "{unit}有工作人员回避"),
    Action.END_RECUSAL: Inside(By.HOLDER, _OPEN, "{unit}有工作人员的回避已结束"),
}
"""What changes nothing for the applicant, who neither sees nor hears of it: the case stays where it
is, in its version; each move leads back to where it was made."""
HANDED_OVER = {Action.HANDOVER: (By.RECEIVER, _OPEN)}
"""The same in every flow, and told: the case stays in its status and step, another unit has it."""
CUSTODY = frozenset({Action.TRANSFER, Action.HANDOVER, Action.REFUSE_HANDOVER, Action.RECALL})
"""By which a case comes from one unit's hands into another's, at the same step."""
BEGINS = frozenset({Action.SUBMIT, Action.PASS, Action.RETURN, Action.DISPATCH})
"""By which a step begins, at the unit that its event names."""
COMES = BEGINS | {Action.HANDOVER}
"""By which a case comes to the unit that the event names."""
ANSWERED = frozenset({S.APPROVED, S.DENIED, S.DONE, S.ENROLLED})
"""What was asked for has its answer, and no limit of the case runs; a reopened one has none."""
RUNNING = frozenset({S.ACCEPTED, S.UNDER_REVIEW, S.DISPATCHED, S.SUPPLEMENT_REQUESTED})
ACCEPTED = frozenset({S.ACCEPTED, S.UNDER_REVIEW, S.DISPATCHED}) | ANSWERED
"""The first of these that a case comes to is its acceptance: from then on its limits run."""


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
