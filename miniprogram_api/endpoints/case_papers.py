"""The papers of a resident's case: to read, keep and show."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from backend.audit import Act, Actor
from backend.cases.rules.refusals import CaseNotFound
from backend.files.refusals import FilesUnavailable
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from backend.http.views import papers as views
from backend.http.views.papers import IssuedPaper, PaperListing
from backend.papers import operations
from backend.papers.refusals import PaperNotDue, PaperReissueForbidden, PaperRevoked, PapersBusy
from miniprogram_api.endpoints import seen
from models import PaperKind, Right

routes = Routes(
    "resident_case_papers", prefix="/api/v1", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


class AskOwnPaper(Body):
    """Which paper of my case."""

    kind: Annotated[PaperKind, Field(strict=False)]


async def _again(call: Call[AskOwnPaper, NoQuery], case_id: UUID) -> None:
    """What an agent was shown is shown again only while their mandate holds."""
    if call.mandate_id is not None:
        await seen.case(call, case_id, did="issue_paper")


@routes.get(
    "/cases/<case_id:uuid>/papers",
    behalf=Right.READ,
    records=(Act.ACT_FOR,),
    errors=(CaseNotFound,),
)
async def list_own_papers(call: Call[Nothing, NoQuery], case_id: UUID) -> Answer[PaperListing]:
    """List the papers of my case, with links to open them."""
    case = await seen.case(call, case_id, did="list_papers")
    return Answer(
        await views.listing(case, to=Actor("resident", call.who), staff=None, now=call.now)
    )


@routes.post(
    "/cases/<case_id:uuid>/papers",
    body=AskOwnPaper,
    status=201,
    also=(200,),
    keyed=Keyed.AFTER,
    asks="papers",
    behalf=Right.READ,
    records=(Act.ACT_FOR,),
    again=_again,
    errors=(
        CaseNotFound,
        PaperNotDue,
        PaperRevoked,
        PaperReissueForbidden,
        PapersBusy,
        FilesUnavailable,
    ),
)
async def issue_own_paper(call: Call[AskOwnPaper, NoQuery], case_id: UUID) -> Answer[IssuedPaper]:
    """Have a paper issued of my case or my principal's; 200 and the same one where it was."""
    case = await seen.case(call, case_id, did="issue_paper")
    paper, issued = await operations.issue(case, call.body.kind, staff=None, now=call.now)
    view = views.view(paper, to=Actor("resident", call.who), now=call.now)
    return Answer(view, 201 if paper.number in issued else 200)
