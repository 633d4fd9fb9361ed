"""Staff's actions on a case: the lifecycle's verbs, each decided on the version that was seen."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from backend.cases import actions, queries
from backend.cases.actions import Defect
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.identity.actors import StaffActor
from backend.staff_api.case_views import StaffCase, staff_case

routes = Routes("staff_case_actions", prefix="/api/v1/staff", guard=Guard.STAFF)

Words = Annotated[str, Field(max_length=500)]
Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
ACT_ERRORS = ("not_your_unit", "role_missing", "version_stale", "action_not_allowed", "task_taken")


class Note(Body):
    """A note for colleagues."""

    note: Words | None = None


class Decline(Body):
    """Why not, and where to go instead."""

    reason: Reason
    go_to: Annotated[str, Field(max_length=100)] | None = None


class DefectIn(Body):
    """One thing to put right: a material or a field."""

    material_code: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    field: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    reason: Reason


class SupplementRequest(Body):
    """Everything that is missing, at once."""

    defects: Annotated[list[DefectIn], Field(min_length=1, max_length=50)]
    note: Words | None = None
    override_reason: Words | None = None


class Opinion(Body):
    """The opinion on this step."""

    opinion: Reason


class Return(Body):
    """Back to which step, and why."""

    to_step: Annotated[int, Field(ge=1, le=20)]
    reason: Reason


class Decide(Body):
    """The decision; a denial tells the applicant its reasons."""

    outcome: Literal["approved", "denied"]
    opinion: Words


class Deliver(Body):
    """How the result reaches the applicant."""

    method: Literal["pickup", "post", "electronic"]
    note: Words | None = None


async def _shown(case_id: UUID, by: StaffActor, now: datetime) -> Answer:
    case = await queries.one(case_id)
    view = await staff_case(case, by, now)
    return Answer(view, version=case.version, variant=view["due"]["light"])


@routes.post(
    "/cases/<case_id:uuid>/accept", body=Note, answer=StaffCase, if_match=True, errors=ACT_ERRORS
)
async def accept_case(call: Call[Note, NoQuery], case_id: UUID) -> Answer:
    """Accept 受理: the clocks start."""
    now = datetime.now(UTC)
    by = await call.staff()
    await actions.accept(case_id, by=by, seen=call.expected_version, now=now, note=call.body.note)
    return await _shown(case_id, by, now)


@routes.post(
    "/cases/<case_id:uuid>/decline",
    body=Decline,
    answer=StaffCase,
    if_match=True,
    errors=ACT_ERRORS,
)
async def decline_case(call: Call[Decline, NoQuery], case_id: UUID) -> Answer:
    """Decline 不予受理, with the reason."""
    now = datetime.now(UTC)
    by = await call.staff()
    await actions.decline(
        case_id,
        by=by,
        seen=call.expected_version,
        now=now,
        reason=call.body.reason,
        go_to=call.body.go_to,
    )
    return await _shown(case_id, by, now)


@routes.post(
    "/cases/<case_id:uuid>/supplement-requests",
    body=SupplementRequest,
    answer=StaffCase,
    if_match=True,
    errors=(*ACT_ERRORS, "supplement_already_requested", "defects_invalid"),
)
async def request_supplement(call: Call[SupplementRequest, NoQuery], case_id: UUID) -> Answer:
    """Ask once for everything that is missing 一次性告知."""
    now = datetime.now(UTC)
    by = await call.staff()
    await actions.request_supplement(
        case_id,
        by=by,
        seen=call.expected_version,
        now=now,
        defects=[
            Defect(material_code=defect.material_code, field=defect.field, reason=defect.reason)
            for defect in call.body.defects
        ],
        note=call.body.note,
        override_reason=call.body.override_reason,
    )
    return await _shown(case_id, by, now)


@routes.post(
    "/cases/<case_id:uuid>/pass", body=Opinion, answer=StaffCase, if_match=True, errors=ACT_ERRORS
)
async def pass_case(call: Call[Opinion, NoQuery], case_id: UUID) -> Answer:
    """Agree to this step; the case goes to the next."""
    now = datetime.now(UTC)
    by = await call.staff()
    await actions.agree(
        case_id,
        by=by,
        seen=call.expected_version,
        now=now,
        opinion=call.body.opinion,
    )
    return await _shown(case_id, by, now)


@routes.post(
    "/cases/<case_id:uuid>/return",
    body=Return,
    answer=StaffCase,
    if_match=True,
    errors=(*ACT_ERRORS, "step_not_passed"),
)
async def return_case(call: Call[Return, NoQuery], case_id: UUID) -> Answer:
    """Return 退回 to a step already passed."""
    now = datetime.now(UTC)
    by = await call.staff()
    await actions.send_back(
        case_id,
        by=by,
        seen=call.expected_version,
        now=now,
        to_step=call.body.to_step,
        reason=call.body.reason,
    )
    return await _shown(case_id, by, now)


@routes.post(
    "/cases/<case_id:uuid>/decide",
    body=Decide,
    answer=StaffCase,
    if_match=True,
    errors=(*ACT_ERRORS, "reason_required"),
)
async def decide_case(call: Call[Decide, NoQuery], case_id: UUID) -> Answer:
    """Decide 决定: approved or denied."""
    now = datetime.now(UTC)
    by = await call.staff()
    await actions.decide(
        case_id,
        by=by,
        seen=call.expected_version,
        now=now,
        outcome=call.body.outcome,
        opinion=call.body.opinion,
    )
    return await _shown(case_id, by, now)


@routes.post(
    "/cases/<case_id:uuid>/deliver",
    body=Deliver,
    answer=StaffCase,
    if_match=True,
    errors=ACT_ERRORS,
)
async def deliver_case(call: Call[Deliver, NoQuery], case_id: UUID) -> Answer:
    """Deliver 送达 the result."""
    now = datetime.now(UTC)
    by = await call.staff()
    await actions.deliver(
        case_id,
        by=by,
        seen=call.expected_version,
        now=now,
        method=call.body.method,
        note=call.body.note,
    )
    return await _shown(case_id, by, now)


@routes.post("/cases/<case_id:uuid>/close", answer=StaffCase, if_match=True, errors=ACT_ERRORS)
async def close_case(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer:
    """Close 办结 the delivered case."""
    now = datetime.now(UTC)
    by = await call.staff()
    await actions.close(case_id, by=by, seen=call.expected_version, now=now)
    return await _shown(case_id, by, now)
