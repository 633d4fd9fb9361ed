"""The papers of a case as both APIs show them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from typing_extensions import TypedDict

from backend.audit import Actor
from backend.cases.record.snapshot import Snapshot
from backend.files import links
from backend.http.views.cases import UnitView, unit_view
from backend.identity.actors import StaffActor
from backend.papers import queries, rights
from backend.papers.record import Issued
from config.settings import settings
from models import PaperKind

Validity = Literal["valid", "revoked"]


class IssuedPaper(TypedDict):
    """A paper; `url` opens the PDF for five minutes, null of one that was revoked or not drawn yet.

    `verify_code` is printed on it: whoever holds the paper may check it with that.
    """

    id: UUID
    kind: PaperKind
    title: str
    number: str
    unit: UnitView
    issued_at: datetime
    validity: Validity
    verify_code: str
    url: str | None


class AvailablePaper(TypedDict):
    """A paper that the case carries and nobody has asked for yet."""

    kind: PaperKind
    title: str


class PaperListing(TypedDict):
    """The papers of a case, the first one first, and those that may be asked for now."""

    items: list[IssuedPaper]
    available: list[AvailablePaper]


async def listing(
    case: Snapshot, *, to: Actor, staff: StaffActor | None, now: datetime
) -> PaperListing:
    """What `staff`, or with None the applicant's side, sees and may ask for, with links."""
    kinds = rights.kinds_for(case, staff)
    issued = [paper for paper in await queries.of_case(case.id) if paper.kind in kinds]
    return {
        "items": [view(paper, to=to, now=now) for paper in issued],
        "available": [
            {"kind": each.kind, "title": each.title}
            for each in queries.available(case, issued, staff=staff)
            if each.kind in kinds
        ],
    }


def view(paper: Issued, *, to: Actor, now: datetime) -> IssuedPaper:
    """The paper with a link for this reader."""
    url = None
    if paper.file_id is not None and paper.revoked_at is None:
        url = settings().base_url + links.link(paper.file_id, to=to, now=now)
    return {
        "id": paper.id,
        "kind": paper.kind,
        "title": paper.title,
        "number": paper.number,
        "unit": unit_view(paper.unit_code),
        "issued_at": paper.issued_at,
        "validity": validity(paper),
        "verify_code": paper.content["verify"]["code"],
        "url": url,
    }


def validity(paper: Issued) -> Validity:
    """Whether it still counts."""
    return "valid" if paper.revoked_at is None else "revoked"
