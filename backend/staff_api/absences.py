"""Absences of staff: declared, seen and ended."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend.http import pages
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.identity.absences import absences
from backend.identity.absences.absences import AbsenceState, Away, Colleague, Declared
from backend.identity.absences.refusals import (
    AbsenceDatesInvalid,
    AbsenceNotFound,
    AbsenceOverlaps,
    ColleagueNotFound,
    DeputyAway,
    DeputyNeeded,
    DeputyUnfit,
)
from config.texts import VISIBLE

routes = Routes(
    "staff_absences",
    prefix="/api/v1/staff/absences",
    guard=Guard.STAFF,
    unrecorded="the absence itself is kept, with who declared it",
)


class DeclareAbsence(Body):
    """Who is away (nobody named: I), from when to when, who acts meanwhile, and why."""

    staff_id: UUID | None = None
    from_: Annotated[date, Field(alias="from", strict=False)]
    to: Annotated[date, Field(strict=False)]
    deputy_id: UUID | None = None
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), VISIBLE]


class ColleagueView(TypedDict):
    """A member of staff, as colleagues know each other."""

    id: UUID
    name: str


_Days = TypedDict("_Days", {"from": date, "to": date})


class AbsenceView(_Days):
    """An absence; the reason for whoever is away and those who supervise them."""

    id: UUID
    staff: ColleagueView
    deputy: ColleagueView | None
    reason: str | None
    state: AbsenceState
    deputy_gone: bool


@routes.get("", query=Page)
async def list_absences(call: Call[Nothing, Page]) -> Answer[Listing[AbsenceView]]:
    """List my absences, those I act in, and those of the units I supervise."""
    found = await absences.listed(
        await call.staff(),
        before=pages.position_uuid(call.query),
        limit=call.query.limit + 1,
        now=call.now,
    )
    kept, following = pages.cut(found, call.query, lambda away: str(away.id))
    return Answer({"items": [_view(each) for each in kept], "next_cursor": following})


@routes.post(
    "",
    body=DeclareAbsence,
    status=201,
    errors=(
        AbsenceDatesInvalid,
        ColleagueNotFound,
        AbsenceOverlaps,
        DeputyNeeded,
        DeputyUnfit,
        DeputyAway,
        AbsenceNotFound,
    ),
    about_staff=True,
)
async def declare_absence(call: Call[DeclareAbsence, NoQuery]) -> Answer[AbsenceView]:
    """Declare that I am away, or a colleague whom I supervise, and who acts meanwhile."""
    given = call.body
    declared = Declared(
        staff_id=given.staff_id,
        starts_on=given.from_,
        ends_on=given.to,
        deputy_id=given.deputy_id,
        reason=given.reason,
    )
    made = await absences.declare(declared, by=await call.staff(), now=call.now)
    return Answer(_view(made), 201)


@routes.post("/<absence_id:uuid>/end", errors=(AbsenceNotFound,), about_staff=True)
async def end_absence(call: Call[Nothing, NoQuery], absence_id: UUID) -> Answer[AbsenceView]:
    """End an absence now, and with it what the deputy may."""
    return Answer(_view(await absences.end(absence_id, by=await call.staff(), now=call.now)))


def _view(away: Away) -> AbsenceView:
    return {
        "id": away.id,
        "staff": _colleague(away.staff),
        "deputy": None if away.deputy is None else _colleague(away.deputy),
        "from": away.starts_on,
        "to": away.ends_on,
        "reason": away.reason,
        "state": away.state,
        "deputy_gone": away.deputy_gone,
    }


def _colleague(colleague: Colleague) -> ColleagueView:
    return {"id": colleague.id, "name": colleague.name}
