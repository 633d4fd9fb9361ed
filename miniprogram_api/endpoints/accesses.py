"""Who has looked at one of my cases, or at anything of mine."""

from datetime import datetime
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict

from backend.audit import Act
from backend.audit.purposes import AccessPurpose
from backend.cases.reading import accesses
from backend.cases.reading.accesses import Access, AccessKind
from backend.cases.rules.refusals import CaseNotFound
from backend.http import pages
from backend.http.answers import Answer
from backend.http.call import Call, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.http.views import cases
from backend.http.views.cases import UnitView
from miniprogram_api.endpoints import seen
from models import Right, Role

routes = Routes(
    "resident_accesses", prefix="/api/v1", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


class ListAccesses(Page):
    """Which part of the list."""


class ListMyAccesses(ListAccesses):
    """The same of another list, whose cursors are its own."""


class AccessView(TypedDict):
    """One look at what is mine: at what and what for, by which unit in which role.

    An agent's look has neither; it names the mandate, and what was done under it.
    """

    at: datetime
    unit: UnitView | None
    role: Role | None
    what: AccessKind
    fields: list[str]
    purpose: AccessPurpose | None
    case_id: UUID | None
    mandate_id: UUID | None
    did: str | None


@routes.get(
    "/cases/<case_id:uuid>/accesses",
    query=ListAccesses,
    behalf=Right.READ,
    records=(Act.ACT_FOR,),
    errors=(CaseNotFound,),
)
async def list_accesses(
    call: Call[Nothing, ListAccesses], case_id: UUID
) -> Answer[Listing[AccessView]]:
    """List who of the staff looked at my case and its papers, newest first."""
    await seen.case(call, case_id, did="list_accesses")
    before, limit = _page(call)
    return _listing(call, await accesses.of_case(case_id, before=before, limit=limit))


@routes.get("/me/accesses", query=ListMyAccesses)
async def list_my_accesses(call: Call[Nothing, ListMyAccesses]) -> Answer[Listing[AccessView]]:
    """List who looked at anything of mine, newest first: staff, and agents under my mandates."""
    before, limit = _page(call)
    return _listing(call, await accesses.of_resident(call.who, before=before, limit=limit))


def _page(call: Call[Nothing, Any]) -> tuple[int | None, int]:
    return pages.position_number(call.query), call.query.limit + 1


def _listing(call: Call[Nothing, Any], found: list[Access]) -> Answer[Listing[AccessView]]:
    kept, following = pages.cut(found, call.query, lambda access: str(access.seq))
    return Answer({"items": [_view(each) for each in kept], "next_cursor": following})


def _view(found: Access) -> AccessView:
    return {
        "at": found.at,
        "unit": cases.unit_view(found.unit_code) if found.unit_code else None,
        "role": found.role,
        "what": found.what,
        "fields": found.fields,
        "purpose": found.purpose,
        "case_id": found.case_id,
        "mandate_id": found.mandate_id,
        "did": found.did,
    }
