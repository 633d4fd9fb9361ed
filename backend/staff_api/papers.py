"""Papers for staff: issued on a case they see, handed out, revoked where wrong."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from backend import audit
from backend.audit import Act
from backend.cases.reading import queries, scope
from backend.cases.record import recusals
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.refusals import CaseNotFound, NotYourUnit, OwnCase, StaffRecused
from backend.files.refusals import FilesUnavailable
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import B, Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from backend.http.views import papers as views
from backend.http.views.papers import IssuedPaper, PaperListing
from backend.identity.actors import StaffActor
from backend.papers import operations, rights
from backend.papers.refusals import (
    PaperNotDue,
    PaperNotFound,
    PaperReissueForbidden,
    PaperRevoked,
    PapersBusy,
)
from config.texts import VISIBLE
from models import PaperKind

routes = Routes("staff_papers", prefix="/api/v1/staff", guard=Guard.STAFF)


class AskPaper(Body):
    """Which paper: that of the last event which carries one of this kind."""

    kind: Annotated[PaperKind, Field(strict=False)]


class Revoke(Body):
    """Why it does not count any more."""

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S"), VISIBLE]


async def _again(call: Call[B, NoQuery], case_id: UUID, **_paper: UUID) -> None:
    """The first answer shows the paper once more."""
    case, by = await _seen(call, case_id)
    await _record(Act.LIST_PAPERS, case, by, repeated=True)


@routes.get(
    "/cases/<case_id:uuid>/papers",
    errors=(CaseNotFound, StaffRecused, OwnCase),
    records=(Act.LIST_PAPERS,),
)
async def list_case_papers(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[PaperListing]:
    """List the papers of a case with links: at the window that filed it what it hands out."""
    case, by = await _seen(call, case_id)
    await _record(Act.LIST_PAPERS, case, by)
    return Answer(await views.listing(case, to=scope.acting(by, case), staff=by, now=call.now))


@routes.post(
    "/cases/<case_id:uuid>/papers",
    body=AskPaper,
    status=201,
    also=(200,),
    # Drawing takes a while, and the store may: no transaction waits for them.
    keyed=Keyed.AFTER,
    asks="papers",
    errors=(
        CaseNotFound,
        NotYourUnit,
        StaffRecused,
        OwnCase,
        PaperNotDue,
        PaperRevoked,
        PaperReissueForbidden,
        PapersBusy,
        FilesUnavailable,
    ),
    records=(Act.ISSUE_PAPER,),
    again=_again,
)
async def issue_case_paper(call: Call[AskPaper, NoQuery], case_id: UUID) -> Answer[IssuedPaper]:
    """Issue a paper; 200 and the same one where its event has it already."""
    case, by = await _seen(call, case_id)
    if call.body.kind not in rights.kinds_for(case, by):
        raise NotYourUnit
    paper, issued = await operations.issue(case, call.body.kind, staff=by, now=call.now)
    await _record(Act.ISSUE_PAPER, case, by, number=paper.number, issued=issued)
    view = views.view(paper, to=scope.acting(by, case), now=call.now)
    return Answer(view, 201 if paper.number in issued else 200)


@routes.post(
    "/cases/<case_id:uuid>/papers/<paper_id:uuid>/revoke",
    body=Revoke,
    errors=(CaseNotFound, NotYourUnit, StaffRecused, OwnCase, PaperNotFound, PaperRevoked),
    records=(Act.REVOKE_PAPER,),
    again=_again,
)
async def revoke_case_paper(
    call: Call[Revoke, NoQuery], case_id: UUID, paper_id: UUID
) -> Answer[PaperListing]:
    """Revoke a paper that is wrong, as an approver of its unit or a supervisor of that or above."""
    case, by = await _seen(call, case_id)
    await operations.revoke(case, paper_id, by=by, reason=call.body.reason, now=call.now)
    await _record(Act.REVOKE_PAPER, case, by, paper=str(paper_id))
    return Answer(await views.listing(case, to=scope.acting(by, case), staff=by, now=call.now))


async def _seen(call: Call[B, NoQuery], case_id: UUID) -> tuple[Snapshot, StaffActor]:
    case, by = await queries.one(case_id), await call.staff()
    if not rights.kinds_for(case, by):
        raise CaseNotFound
    await recusals.check(case_id, by)
    return case, by


async def _record(act: Act, case: Snapshot, by: StaffActor, **details: object) -> None:
    who, on = scope.acting(by, case), ("case", case.id)
    await audit.record(act, by=who, on=on, resident=case.resident_id, details=details)
