"""The lifecycle of each flow as people agreed on it, written by hand and apart from the code.

A line each: status, action, at which steps of a route of three, who may at the holder's unit, and
what follows. "step" is the role of the step the case is at, "before" the status that the request
interrupted. Who is not in a line may not.
"""

from models import CaseStatus, Flow, Role

APPROVAL = """
submitted             accept              any     clerk                    accepted
submitted             decline             any     clerk                    declined
submitted             request_supplement  any     clerk                    supplement_requested
submitted             withdraw            any     applicant                withdrawn
supplement_requested  supplement          any     applicant                before
supplement_requested  withdraw            any     applicant                withdrawn
accepted              request_supplement  any     step                     supplement_requested
accepted              pass                1,2     step                     under_review
accepted              decide              3       step                     approved|denied
accepted              withdraw            any     applicant                withdrawn
under_review          request_supplement  any     step                     supplement_requested
under_review          pass                1,2     step                     under_review
under_review          return              2,3     step                     under_review
under_review          decide              3       step                     approved|denied
under_review          withdraw            any     applicant                withdrawn
approved              deliver             any     clerk|reviewer|approver  delivered
denied                deliver             any     clerk|reviewer|approver  delivered
delivered             close               any     clerk|reviewer|approver  closed
"""
REQUEST = """
submitted             dispatch            any     clerk                    dispatched
submitted             decline             any     clerk                    declined
submitted             request_supplement  any     clerk                    supplement_requested
submitted             withdraw            any     applicant                withdrawn
supplement_requested  supplement          any     applicant                before
supplement_requested  withdraw            any     applicant                withdrawn
dispatched            request_supplement  any     step                     supplement_requested
dispatched            pass                1,2     step                     dispatched
dispatched            return              2,3     step                     dispatched
dispatched            finish              any     step                     done
dispatched            decline             any     step                     declined
dispatched            withdraw            any     applicant                withdrawn
done                  confirm             any     applicant                closed
done                  reopen              any     applicant                dispatched
done                  close               any     clerk|reviewer|approver  closed
"""
ENROL = """
submitted             pass                1,2     step                     under_review
submitted             enrol               3       step                     enrolled
submitted             decline             any     step                     declined
submitted             request_supplement  any     step                     supplement_requested
submitted             withdraw            any     applicant                withdrawn
supplement_requested  supplement          any     applicant                before
supplement_requested  withdraw            any     applicant                withdrawn
under_review          pass                1,2     step                     under_review
under_review          return              2,3     step                     under_review
under_review          enrol               3       step                     enrolled
under_review          decline             any     step                     declined
under_review          request_supplement  any     step                     supplement_requested
under_review          withdraw            any     applicant                withdrawn
enrolled              withdraw            any     applicant                withdrawn
enrolled              close               any     clerk|reviewer|approver  closed
"""
_ANYBODY = "clerk|reviewer|approver|supervisor"
INSIDE = {
    "note": _ANYBODY,
    "assign": "supervisor",
    "transfer": _ANYBODY,
    "recall": _ANYBODY,
    "recuse": _ANYBODY,
    "end_recusal": _ANYBODY,
    "refuse_handover": "receiver",
}
"""Not for the applicant, whose case keeps its version; in any status but a draft, and none is
assigned or sent on any more once the case has ended. "receiver": anybody of the other unit."""
TAKEN_OVER = {"handover": "receiver"}
"""The same, but told to the applicant."""
ENDS = {CaseStatus.CLOSED, CaseStatus.DECLINED, CaseStatus.WITHDRAWN, CaseStatus.TERMINATED}
STEPS = (1, 2, 3)
LINES = {
    flow: [line.split() for line in table.strip().splitlines()]
    + [
        [status, action, "any", insiders, status]
        for status in CaseStatus
        for action, insiders in (INSIDE | TAKEN_OVER).items()
        if status is not CaseStatus.DRAFT and (action == "note" or status not in ENDS)
    ]
    for flow, table in ((Flow.APPROVAL, APPROVAL), (Flow.REQUEST, REQUEST), (Flow.ENROL, ENROL))
}
INTERRUPTED = {
    Flow.APPROVAL: {CaseStatus.SUBMITTED, CaseStatus.ACCEPTED, CaseStatus.UNDER_REVIEW},
    Flow.REQUEST: {CaseStatus.SUBMITTED, CaseStatus.DISPATCHED},
    Flow.ENROL: {CaseStatus.SUBMITTED, CaseStatus.UNDER_REVIEW},
}


def statuses(flow: Flow) -> list[CaseStatus]:
    """Those a case of the flow comes to."""
    told = [line for line in LINES[flow] if line[1] not in INSIDE | TAKEN_OVER]
    named = {word for line in told for word in (line[0], *line[4].split("|"))} - {"before"}
    return [status for status in CaseStatus if status in named]


def who(flow: Flow, status: CaseStatus, action: str, *, at: tuple[int, Role]) -> set[str] | None:
    """The roles (or "applicant", "receiver") that may do this at a step of that role, or None."""
    step, step_role = at
    for before, does, steps, roles, _ in LINES[flow]:
        if (before, does) == (status, action) and (steps == "any" or str(step) in steps.split(",")):
            return {step_role if role == "step" else role for role in roles.split("|")}
    return None


def follows(flow: Flow, status: CaseStatus, action: str) -> set[str]:
    """The statuses that may follow."""
    found = {
        after
        for at, does, _, _, ends in LINES[flow]
        if (at, does) == (status, action)
        for after in ends.split("|")
    }
    return set(INTERRUPTED[flow]) if found == {"before"} else found
