"""The lifecycle of a case as people agreed on it, written by hand and apart from the code.

A line each: status, action, at which steps of a route of three, who may at the holder's unit, and
what follows. "step" is the role of the step the case is at, "before" the status that the request
interrupted. Who is not in a line may not.
"""

from models import CaseStatus, Role

TABLE = """
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
submitted             note  any  clerk|reviewer|approver|supervisor  submitted
supplement_requested  note  any  clerk|reviewer|approver|supervisor  supplement_requested
accepted              note  any  clerk|reviewer|approver|supervisor  accepted
under_review          note  any  clerk|reviewer|approver|supervisor  under_review
suspended             note  any  clerk|reviewer|approver|supervisor  suspended
approved              note  any  clerk|reviewer|approver|supervisor  approved
denied                note  any  clerk|reviewer|approver|supervisor  denied
delivered             note  any  clerk|reviewer|approver|supervisor  delivered
closed                note  any  clerk|reviewer|approver|supervisor  closed
declined              note  any  clerk|reviewer|approver|supervisor  declined
withdrawn             note  any  clerk|reviewer|approver|supervisor  withdrawn
terminated            note  any  clerk|reviewer|approver|supervisor  terminated
"""
INSIDE = {"note"}
"""Not for the applicant, whose case keeps its version."""
STEPS = (1, 2, 3)
LINES = [line.split() for line in TABLE.strip().splitlines()]
INTERRUPTED = (CaseStatus.SUBMITTED, CaseStatus.ACCEPTED, CaseStatus.UNDER_REVIEW)
ENDS = {CaseStatus.CLOSED, CaseStatus.DECLINED, CaseStatus.WITHDRAWN, CaseStatus.TERMINATED}


def who(status: CaseStatus, action: str, *, step: int, step_role: Role) -> set[str] | None:
    """The roles (or "applicant") that may do this at this step; None where nobody may."""
    for at, does, steps, roles, _ in LINES:
        if (at, does) == (status, action) and (steps == "any" or str(step) in steps.split(",")):
            return {step_role if role == "step" else role for role in roles.split("|")}
    return None


def follows(status: CaseStatus, action: str) -> set[str]:
    """The statuses that may follow."""
    found = {
        after
        for at, does, _, _, ends in LINES
        if (at, does) == (status, action)
        for after in ends.split("|")
    }
    return set(INTERRUPTED) if found == {"before"} else found
