"""How a case comes to where it stands: what people do to it, one after the other.

Written by hand beside the golden table: a case that no line leads to can not be made.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from backend.cases.acts import (
    accept,
    decide,
    deliver,
    enrol,
    finish,
    notice,
    review,
    withdraw,
)
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries
from backend.cases.reading.to_do import tasks
from backend.cases.record.snapshot import Snapshot
from backend.identity.actors import ResidentActor, StaffActor
from models import CaseStatus, Flow, Role

# "pass" stands for passing on until the step that is asked for, "return" for giving back to it.
APPROVAL = """
submitted             1
supplement_requested  1    supplement
accepted              1    accept
under_review          1    accept pass return
under_review          2,3  accept pass
supplement_requested  2,3  accept pass supplement
approved              3    accept pass approve
denied                3    accept pass deny
delivered             3    accept pass approve deliver
closed                3    accept pass approve deliver close
declined              1    decline
withdrawn             1    withdraw
"""
REQUEST = """
submitted             1
supplement_requested  1    supplement
dispatched            1    dispatch
dispatched            2,3  dispatch pass
done                  1    dispatch finish
done                  2,3  dispatch pass finish
closed                1    dispatch finish confirm
closed                2,3  dispatch pass finish confirm
declined              1    decline
withdrawn             1    withdraw
"""
ENROL = """
submitted             1
supplement_requested  1    supplement
under_review          1    pass return
under_review          2,3  pass
supplement_requested  2,3  pass supplement
enrolled              3    pass enrol
closed                3    pass enrol close
declined              1    decline
withdrawn             1    withdraw
"""
WAYS = {
    (flow, CaseStatus(words[0]), int(step)): words[2:]
    for flow, table in ((Flow.APPROVAL, APPROVAL), (Flow.REQUEST, REQUEST), (Flow.ENROL, ENROL))
    for words in (line.split() for line in table.strip().splitlines())
    for step in words[1].split(",")
}


def steps(flow: Flow, status: CaseStatus) -> list[int]:
    """The steps of a route of three at which a case of the flow can have this status."""
    return [step for found, at, step in WAYS if (found, at) == (flow, status)]


@dataclass(frozen=True)
class People:
    """Whose the case is, who makes members of staff with given posts, and when it happens."""

    applicant: ResidentActor
    staff: Callable[..., Awaitable[StaffActor]]
    now: datetime
    desks: dict[str, StaffActor] = field(default_factory=dict)

    async def at_the_desk(self, case: Snapshot) -> dict[str, Any]:
        """Somebody at the holder's who may do all that is done there, and what they saw."""
        unit = case.holder_code
        if unit not in self.desks:
            roles = (Role.CLERK, Role.REVIEWER, Role.APPROVER)
            self.desks[unit] = await self.staff(*((unit, role) for role in roles))
        return {"by": self.desks[unit], "seen": case.version, "now": self.now}

    async def leave(self, case: Snapshot) -> None:
        """Who has the case in hand gives it back to the unit."""
        task = await tasks.open_of_case(case.id)
        if task and task.assignee_id:
            await tasks.release(task.id, by=self.desks[task.unit_code])


async def bring(case: Snapshot, status: CaseStatus, step: int, *, people: People) -> Snapshot:
    """The case just submitted, brought to this status and step; LookupError where no way leads."""
    if (way := WAYS.get((case.item.flow, status, step))) is None:
        raise LookupError(f"no case of {case.item.flow} is {status} at step {step}")
    for action in way:
        case = await _act(case, action, people)
        while action == "pass" and case.step < step:
            case = await _act(case, action, people)
    await people.leave(case)
    return case


async def _act(case: Snapshot, action: str, people: People) -> Snapshot:
    if action in APPLICANTS:
        await APPLICANTS[action](case.id, by=people.applicant, now=people.now)
    else:
        operation, said = STAFF[action]
        given = said(case) if callable(said) else said
        await operation(case.id, **await people.at_the_desk(case), **given)
    return await queries.one(case.id)


def _defects(case: Snapshot) -> dict[str, Any]:
    asked = {"note": None, "override_reason": None}
    codes = [material["code"] for material in case.item.materials]
    code = "id_card" if "id_card" in codes else next(iter(codes), None)
    defect = Defect(material_code=code, reason="照片模糊")
    return asked | {"defects": [defect if code else Defect(field="/applicant", reason="不清楚")]}


STAFF: dict[str, tuple[Callable[..., Awaitable[None]], Any]] = {
    "accept": (accept.accept, {"note": None}),
    "decline": (accept.decline, {"reason": "不属于本单位", "go_to": None}),
    "supplement": (notice.request_supplement, _defects),
    "pass": (review.pass_step, {"opinion": "同意"}),
    "return": (review.return_step, {"to_step": 1, "reason": "请核实"}),
    "approve": (decide.decide, {"outcome": "approved", "opinion": "符合条件"}),
    "deny": (decide.decide, {"outcome": "denied", "opinion": "收入高于标准"}),
    "deliver": (deliver.deliver, {"method": "pickup", "note": None}),
    "close": (deliver.close, {"reason": "申请人联系不上，已到现场核实"}),
    "dispatch": (accept.dispatch, {"to_step": 1, "note": None}),
    "finish": (finish.finish, {"result": "路灯已修好", "note": None}),
    "enrol": (enrol.enrol, {"note": None}),
}
APPLICANTS: dict[str, Callable[..., Awaitable[None]]] = {
    "withdraw": partial(withdraw.withdraw, reason=None),
    "confirm": finish.confirm,
}
