"""My papers: what I uploaded or handed in before, to be found and used again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend.files import papers
from backend.files.papers import Paper, Use
from backend.http import pages
from backend.http.answers import Answer
from backend.http.call import Call, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.http.views.files import FileView

routes = Routes(
    "resident_papers",
    prefix="/api/v1/me/files",
    guard=Guard.RESIDENT,
    unrecorded="a resident's own",
)


class ListPapers(Page):
    """Which of my papers: those that were handed in as the paper of this code."""

    material: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class UsedItem(TypedDict):
    """The item of a case that a paper was handed in for."""

    code: str
    name: str


class UseView(TypedDict):
    """Where a paper was handed in."""

    material_code: str
    item: UsedItem
    case_id: UUID
    number: str


class OwnPaper(FileView):
    """One of my papers, and where it was used, the last time first."""

    uploaded_at: datetime
    used: list[UseView]


@routes.get("", query=ListPapers)
async def list_papers(call: Call[Nothing, ListPapers]) -> Answer[Listing[OwnPaper]]:
    """List my papers, newest first, and where each was used."""
    asked = call.query
    found = await papers.of_resident(
        call.who,
        material=asked.material,
        before=pages.position_uuid(asked),
        limit=asked.limit + 1,
    )
    kept, following = pages.cut(found, asked, lambda paper: str(paper.id))
    return Answer({"items": [_view(paper) for paper in kept], "next_cursor": following})


def _view(paper: Paper) -> OwnPaper:
    return {
        "id": paper.id,
        "name": paper.name,
        "media_type": paper.media_type,
        "size": paper.size,
        "sha256": paper.sha256,
        "uploaded_at": paper.at,
        "used": [_use(use) for use in paper.uses],
    }


def _use(use: Use) -> UseView:
    return {
        "material_code": use.material_code,
        "item": {"code": use.item_code, "name": use.item_name},
        "case_id": use.case_id,
        "number": use.number,
    }
