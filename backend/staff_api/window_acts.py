"""What a window does on a case for its applicant, who stands there."""

from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import Field

from backend import audit
from backend.audit import Act
from backend.cases.reading import queries, scope
from backend.cases.rules.refusals import (
    CaseNotFound,
    NotYourUnit,
    OwnCase,
    StaffRecused,
    SubjectMissing,
)
from backend.files.refusals import FileUnknown
from backend.http import applications, behalf
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import B, Call, NoQuery
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.http.views.materials import Materials, pairs
from backend.refusals import ActionNotAllowed, VersionStale
from backend.staff_api import window_cases
from backend.staff_api.case_views import StaffCase, shown_case
from backend.staff_api.window_cases import AgentIn, ConsentIn
from backend.window import acting
from backend.window.acting import Stand
from backend.window.refusals import (
    AgentInvalid,
    ConsentFileMissing,
    ConsentMandateUnclear,
    PersonNotFound,
    WindowMissing,
    WindowUnclear,
)
from config.texts import VISIBLE

routes = Routes(
    "staff_window_acts",
    prefix="/api/v1/staff/cases",
    guard=Guard.STAFF,
    unrecorded="the case's own event tells it",
)
_ERRORS = (
    CaseNotFound,
    NotYourUnit,
    StaffRecused,
    OwnCase,
    VersionStale,
    ActionNotAllowed,
    SubjectMissing,
    WindowMissing,
    WindowUnclear,
    ConsentFileMissing,
    ConsentMandateUnclear,
    *behalf.REFUSALS,
    AgentInvalid,
)


class WindowAct(Body):
    """Who stands at which window of mine, and how the person agreed."""

    consent: ConsentIn
    agent: AgentIn | None = None
    unit_code: Annotated[str, Field(min_length=1, max_length=24)] | None = None

    @property
    def stand(self) -> Stand:
        """The same, as the domain has it."""
        return Stand(
            consent=self.consent.given,
            agent=window_cases.agent(self.agent) if self.agent else None,
            unit_code=self.unit_code,
        )


class WindowSupplement(WindowAct):
    """What is handed in; a form that is left out stays as it is."""

    form: dict[str, Any] | None = None
    materials: Materials = []


class WindowWithdraw(WindowAct):
    """Why, if the person likes to say."""

    reason: Annotated[str, Field(max_length=200)] | None = None


class WindowReopen(WindowAct):
    """What is not solved yet, in the person's words."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), VISIBLE]


A = TypeVar("A", bound=WindowAct)


async def _again(call: Call[B, NoQuery], case_id: UUID) -> None:
    """The first answer shows the case once more, also to the window that had it withdrawn."""
    by, case = await call.staff(), await queries.one(case_id)
    mine = case.received_unit_code in scope.windows(by)
    if not mine and not scope.of(by).covers(case):
        raise CaseNotFound
    await audit.record(
        Act.OPEN_CASE,
        by=scope.acting(by, case),
        on=("case", case_id),
        resident=case.resident_id,
        details={"repeated": True},
    )


@routes.post(
    "/<case_id:uuid>/supplement",
    body=WindowSupplement,
    etag=True,
    if_match=True,
    errors=(*_ERRORS, PersonNotFound, *applications.ANSWER),
    again=_again,
)
async def supplement_at_window(
    call: Call[WindowSupplement, NoQuery], case_id: UUID
) -> Answer[StaffCase]:
    """Hand in for the person what the supplement request asked for."""
    await acting.answer(
        case_id,
        call.body.stand,
        form=call.body.form,
        materials=pairs(call.body.materials),
        by=await call.staff(),
        seen=call.expected_version,
        now=call.now,
    )
    return await _shown(call, case_id)


@routes.post(
    "/<case_id:uuid>/withdraw",
    body=WindowWithdraw,
    etag=True,
    if_match=True,
    errors=(*_ERRORS, FileUnknown),
    again=_again,
)
async def withdraw_at_window(
    call: Call[WindowWithdraw, NoQuery], case_id: UUID
) -> Answer[StaffCase]:
    """Withdraw the application for the person before it is decided."""
    await acting.take_back(
        case_id,
        call.body.stand,
        reason=call.body.reason,
        by=await call.staff(),
        seen=call.expected_version,
        now=call.now,
    )
    return await _shown(call, case_id)


@routes.post(
    "/<case_id:uuid>/confirm",
    body=WindowAct,
    etag=True,
    if_match=True,
    errors=(*_ERRORS, FileUnknown),
    again=_again,
)
async def confirm_at_window(call: Call[WindowAct, NoQuery], case_id: UUID) -> Answer[StaffCase]:
    """Confirm for the person that what they told of was dealt with, which closes the case."""
    await _say(call, case_id, unsolved=None)
    return await _shown(call, case_id)


@routes.post(
    "/<case_id:uuid>/reopen",
    body=WindowReopen,
    etag=True,
    if_match=True,
    errors=(*_ERRORS, FileUnknown),
    again=_again,
)
async def reopen_at_window(call: Call[WindowReopen, NoQuery], case_id: UUID) -> Answer[StaffCase]:
    """Say for the person what was not solved; whoever said it was goes on with it."""
    await _say(call, case_id, unsolved=call.body.reason)
    return await _shown(call, case_id)


async def _say(call: Call[A, NoQuery], case_id: UUID, *, unsolved: str | None) -> None:
    await acting.say(
        case_id,
        call.body.stand,
        unsolved=unsolved,
        by=await call.staff(),
        seen=call.expected_version,
        now=call.now,
    )


async def _shown(call: Call[B, NoQuery], case_id: UUID) -> Answer[StaffCase]:
    """The case as it is now."""
    case = await queries.one(case_id)
    return await shown_case(case, await call.staff(), call.now)
