"""One of staff's actions on many cases, each checked and written as if it were alone."""

from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.http import body, keyed, problems
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.problems import Problem
from backend.http.routes import Routes
from backend.idempotency import keys
from backend.idempotency.keys import Once
from backend.staff_api.case_actions import ACTS, PAYLOADS
from config import encoding

routes = Routes(
    "staff_many_cases",
    prefix="/api/v1/staff",
    guard=Guard.STAFF,
    unrecorded="each case's own event tells it",
)

MOST = 500
OK = 200
ManyAction = Literal[
    "accept",
    "decline",
    "pass",
    "return",
    "decide",
    "deliver",
    "dispatch",
    "finish",
    "enrol",
    "close",
]


class CaseSeen(Body):
    """A case, and the version of it that was decided on."""

    id: Annotated[UUID, Field(strict=False)]
    version: Annotated[int, Field(ge=1, le=1_000_000)]


def _each_once(cases: list[CaseSeen]) -> list[CaseSeen]:
    told: set[UUID] = set()
    for case in cases:
        if case.id in told:
            raise PydanticCustomError("twice", "twice", {"value": str(case.id)})
        told.add(case.id)
    return cases


class ActOnCases(Body):
    """An action with its payload, as the action on one case takes it, and the cases."""

    action: ManyAction
    payload: dict[str, Any] = {}
    cases: Annotated[
        list[CaseSeen], Field(min_length=1, max_length=MOST), AfterValidator(_each_once)
    ]


class CaseOutcome(TypedDict):
    """What the action on this case alone would have answered: its status, and why not."""

    id: UUID
    status: int
    problem: NotRequired[Problem]


class CaseOutcomes(TypedDict):
    """One for each case, in their order."""

    results: list[CaseOutcome]


async def _again(call: Call[ActOnCases, NoQuery]) -> None:
    """The first answer tells once more what was done to the cases: that is reading of them."""
    by = await call.staff()
    cases = [case.id for case in call.body.cases]
    await audit.record(Act.LIST_CASES, by=by.acting, details={"repeated": True, "cases": cases})


@routes.post(
    "/cases/_act",
    body=ActOnCases,
    keyed=Keyed.AFTER,
    key_required=True,
    bulk=True,
    again=_again,
)
async def act_on_cases(call: Call[ActOnCases, NoQuery]) -> Answer[CaseOutcomes]:
    """Do one action to many cases; a repetition with the same key finishes what was interrupted."""
    asked = call.body
    payload = body.nested(asked.payload, PAYLOADS[asked.action], under="payload")
    return Answer({"results": [await _outcome(call, case, payload) for case in asked.cases]})


async def _outcome(call: Call[ActOnCases, NoQuery], case: CaseSeen, payload: Body) -> CaseOutcome:
    """Of what is tried later with the same key no outcome is told: that refuses the whole."""
    try:
        await keyed.run(
            Keyed.ATOMIC, _once(call, case), lambda: _act(call, case, payload), seconds=0
        )
    # Also a fault of ours is of this case alone.
    except Exception as error:  # noqa: BLE001
        problem = problems.of_part(error, call.request)
        return {"id": case.id, "status": problem["status"], "problem": problem}
    return {"id": case.id, "status": OK}


async def _act(call: Call[ActOnCases, NoQuery], case: CaseSeen, payload: Body) -> Answer[None]:
    act, by = ACTS[call.body.action], await call.staff()
    await act(case.id, payload, by=by, now=call.now, seen=case.version)
    return Answer(None)


def _once(call: Call[ActOnCases, NoQuery], case: CaseSeen) -> Once | None:
    asked = {"action": call.body.action, "payload": call.body.payload, "version": case.version}
    return call.once and keys.part(call.once, str(case.id), encoding.dumps(asked))
