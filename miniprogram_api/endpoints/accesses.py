"""Who has looked at one of my cases."""

from datetime import datetime
from uuid import UUID

from typing_extensions import TypedDict

from backend.audit.purposes import AccessPurpose
from backend.cases.reading import accesses, queries
from backend.cases.reading.accesses import AccessKind
from backend.cases.rules.refusals import CaseNotFound
from backend.http import pages
from backend.http.answers import Answer
from backend.http.call import Call, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.http.views import cases
from backend.http.views.cases import UnitView
from models import Role

routes = Routes(
    "resident_accesses", prefix="/api/v1", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


class ListAccesses(Page):
    """Which part of the list."""


class AccessView(TypedDict):
    """One look at my case: which unit, in which role, at what and what for."""

    at: datetime
    unit: UnitView
    role: Role
    what: AccessKind
    fields: list[str]
    purpose: AccessPurpose | None


@routes.get("/cases/<case_id:uuid>/accesses", query=ListAccesses, errors=(CaseNotFound,))
async def list_accesses(
    call: Call[Nothing, ListAccesses], case_id: UUID
) -> Answer[Listing[AccessView]]:
    """List who of the staff looked at my case and its papers, newest first."""
    await queries.one_of_resident(case_id, call.who)
    found = await accesses.of_case(
        case_id, before=pages.position_number(call.query), limit=call.query.limit + 1
    )
    kept, following = pages.cut(found, call.query, lambda access: str(access.seq))
    return Answer(
        {
            "items": [
                {
                    "at": each.at,
                    "unit": cases.unit_view(each.unit_code),
                    "role": each.role,
                    "what": each.what,
                    "fields": each.fields,
                    "purpose": each.purpose,
                }
                for each in kept
            ],
            "next_cursor": following,
        }
    )
