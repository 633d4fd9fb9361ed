"""Residents' cases: submit, look, supplement, withdraw."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from backend.cases.acts import finish, supplement, withdraw
from backend.cases.acts import submit as submission
from backend.cases.acts.submit import Application
from backend.cases.reading import queries
from backend.cases.rules.refusals import (
    CaseAlreadyOpen,
    CaseNotFound,
    CommunityRequired,
    DefectUnanswered,
    FileUnknown,
    StepUnitUnknown,
)
from backend.catalogue.refusals import (
    ConditionUnmet,
    FormInvalid,
    ItemBookedOnly,
    ItemUnknown,
    MaterialMissing,
    MaterialUnknown,
)
from backend.http import pages
from backend.http.answers import Answer, encode
from backend.http.body import Body
from backend.http.call import B, Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.http.views import cases
from backend.http.views.cases import CaseSummary
from backend.http.views.materials import Materials, pairs
from backend.identity.refusals import AssuranceTooLow
from backend.refusals import ActionNotAllowed, CommunityUnknown
from config.texts import VISIBLE
from miniprogram_api.endpoints.case_views import CaseView, Clocks, case_view, clocks_view
from models import CaseStatus

routes = Routes(
    "resident_cases", prefix="/api/v1", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


class SubmitCase(Body):
    """An application; what the form leaves out of the profile is filled in."""

    item_code: Annotated[str, Field(min_length=1, max_length=50)]
    form: dict[str, Any] = {}
    materials: Materials = []
    community_code: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    draft_id: Annotated[UUID, Field(strict=False)] | None = None


class Supplement(Body):
    """The answer to a supplement request; a form given replaces the whole form."""

    form: dict[str, Any] | None = None
    materials: Materials = []


class Withdraw(Body):
    """Why, if the applicant likes to say."""

    reason: Annotated[str, Field(max_length=200)] | None = None


class Reopen(Body):
    """What was not solved."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), VISIBLE]


class ListCases(Page):
    """Which of my cases."""

    status: CaseStatus | None = None


@routes.post(
    "/cases",
    body=SubmitCase,
    status=201,
    keyed=Keyed.OWN,
    key_required=True,
    errors=(
        ItemUnknown,
        ItemBookedOnly,
        AssuranceTooLow,
        CommunityRequired,
        CommunityUnknown,
        FormInvalid,
        ConditionUnmet,
        MaterialMissing,
        MaterialUnknown,
        FileUnknown,
        CaseAlreadyOpen,
        StepUnitUnknown,
    ),
)
async def submit_case(call: Call[SubmitCase, NoQuery]) -> Answer[CaseView]:
    """Submit an application for one service item."""
    application = Application(
        item_code=call.body.item_code,
        form=call.body.form,
        materials=pairs(call.body.materials),
        community_code=call.body.community_code,
        draft_id=call.body.draft_id,
    )
    body = await submission.submit(
        application,
        resident_id=call.who,
        now=call.now,
        once=call.once,
        render=lambda case: encode(case_view(case, call.now)),
    )
    return Answer(body, 201)


@routes.get("/cases", query=ListCases)
async def list_cases(call: Call[Nothing, ListCases]) -> Answer[Listing[CaseSummary]]:
    """List my cases, newest first."""
    before = pages.position_uuid(call.query)
    found = await queries.list_of_resident(
        call.who, status=call.query.status, before=before, limit=call.query.limit + 1
    )
    kept, following = pages.cut(found, call.query, lambda case: case.id)
    shown = [cases.summary(case, call.now) for case in kept]
    return Answer({"items": shown, "next_cursor": following})


@routes.get("/cases/<case_id:uuid>", etag=True, errors=(CaseNotFound,))
async def get_case(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """Show one of my cases with its timeline."""
    return await _shown(call, case_id)


@routes.get("/cases/<case_id:uuid>/clock", errors=(CaseNotFound,))
async def get_clock(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[Clocks]:
    """Show the limits of one of my cases, with the lines that add up to the due dates."""
    case = await queries.one_of_resident(case_id, call.who)
    return Answer(clocks_view(case, call.now))


@routes.post(
    "/cases/<case_id:uuid>/supplement",
    body=Supplement,
    etag=True,
    errors=(
        CaseNotFound,
        ActionNotAllowed,
        DefectUnanswered,
        CaseAlreadyOpen,
        FormInvalid,
        ConditionUnmet,
        MaterialMissing,
        MaterialUnknown,
        FileUnknown,
    ),
)
async def supplement_case(call: Call[Supplement, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """Hand in what the supplement request asked for."""
    await supplement.supplement(
        case_id,
        by=await call.resident(),
        now=call.now,
        form=call.body.form,
        materials=pairs(call.body.materials),
    )
    return await _shown(call, case_id)


@routes.post(
    "/cases/<case_id:uuid>/withdraw",
    body=Withdraw,
    etag=True,
    errors=(CaseNotFound, ActionNotAllowed),
)
async def withdraw_case(call: Call[Withdraw, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """Withdraw my application before it is decided, or give back the place I was given."""
    await withdraw.withdraw(
        case_id, by=await call.resident(), now=call.now, reason=call.body.reason
    )
    return await _shown(call, case_id)


@routes.post("/cases/<case_id:uuid>/confirm", etag=True, errors=(CaseNotFound, ActionNotAllowed))
async def confirm_case(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """Confirm that what I asked for is done."""
    await finish.confirm(case_id, by=await call.resident(), now=call.now)
    return await _shown(call, case_id)


@routes.post(
    "/cases/<case_id:uuid>/reopen",
    body=Reopen,
    etag=True,
    errors=(CaseNotFound, ActionNotAllowed),
)
async def reopen_case(call: Call[Reopen, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """Say that what I asked for is not done."""
    await finish.reopen(case_id, by=await call.resident(), now=call.now, reason=call.body.reason)
    return await _shown(call, case_id)


async def _shown(call: Call[B, NoQuery], case_id: UUID) -> Answer[CaseView]:
    """The case as it is now."""
    view = case_view(await queries.one_of_resident(case_id, call.who), call.now)
    return Answer(view, version=view["version"], variant=view["due"]["light"])
