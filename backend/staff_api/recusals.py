"""Recusals: staff who have no part in a case from now on."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend.cases.acts import recuse
from backend.cases.record import recusals
from backend.cases.rules.refusals import (
    AssigneeUnknown,
    CaseNotFound,
    NotYourUnit,
    RecusalNotFound,
    RecusalNotYours,
    RoleMissing,
)
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.refusals import ActionNotAllowed
from backend.staff_api.case_views import RecusalView, recusal_views
from config.texts import VISIBLE

routes = Routes("staff_recusals", prefix="/api/v1/staff", guard=Guard.STAFF)


class RecusalIn(Body):
    """Why; and, by a supervisor, which colleague (nobody named: I)."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), VISIBLE]
    staff_id: UUID | None = None


class EndRecusalIn(Body):
    """Why it ends; and, by the supervisor who declared it, whose (nobody named: mine)."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), VISIBLE]
    staff_id: UUID | None = None


class RecusalListing(TypedDict):
    """All who have no part in the case, the first one first."""

    items: list[RecusalView]


@routes.post(
    "/cases/<case_id:uuid>/recusal",
    body=RecusalIn,
    status=201,
    errors=(CaseNotFound, NotYourUnit, RoleMissing, ActionNotAllowed, AssigneeUnknown),
    unrecorded="the case's own event tells it",
    about_staff=True,
)
async def recuse_staff(call: Call[RecusalIn, NoQuery], case_id: UUID) -> Answer[RecusalListing]:
    """Say that I, or a colleague whom I supervise, have no part in a case 回避."""
    by, given = await call.staff(), call.body
    await recuse.recuse(case_id, by=by, staff_id=given.staff_id, reason=given.reason, now=call.now)
    return Answer({"items": recusal_views(await recusals.of_case(case_id), by)}, 201)


@routes.post(
    "/cases/<case_id:uuid>/recusal/end",
    body=EndRecusalIn,
    errors=(
        CaseNotFound,
        NotYourUnit,
        RoleMissing,
        ActionNotAllowed,
        RecusalNotFound,
        RecusalNotYours,
    ),
    unrecorded="the case's own event tells it",
    about_staff=True,
)
async def end_recusal(call: Call[EndRecusalIn, NoQuery], case_id: UUID) -> Answer[RecusalListing]:
    """End the recusal that I declared, of mine or of a colleague whom I supervise."""
    by, given = await call.staff(), call.body
    await recuse.end(case_id, by=by, staff_id=given.staff_id, reason=given.reason, now=call.now)
    return Answer({"items": recusal_views(await recusals.of_case(case_id), by)})
