"""Where a member of staff is logged in, and ending that."""

from uuid import UUID

from backend import audit
from backend.audit import Act
from backend.http import pages
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.http.views.sessions import OwnSession, own_session
from backend.identity import sessions
from backend.identity.refusals import SessionNotFound
from models import Audience

routes = Routes("staff_sessions", prefix="/api/v1/staff/me", guard=Guard.STAFF)


class ListStaffSessions(Page):
    """Which page of them."""


@routes.get("/sessions", query=ListStaffSessions, unrecorded="shows the one who asks")
async def list_staff_sessions(
    call: Call[Nothing, ListStaffSessions],
) -> Answer[Listing[OwnSession]]:
    """List my logins that have not ended, last begun first."""
    by = await call.staff()
    found = await sessions.alive(
        (Audience.STAFF, by.id),
        before=pages.position_uuid(call.query),
        limit=call.query.limit + 1,
        now=call.now,
    )
    kept, following = pages.cut(found, call.query, lambda session: str(session.id))
    shown = [own_session(session, asked_in=by.session_id) for session in kept]
    return Answer({"items": shown, "next_cursor": following})


@routes.post(
    "/sessions/<session_id:uuid>/end",
    status=204,
    errors=(SessionNotFound,),
    records=(Act.END_SESSION,),
)
async def end_staff_session(call: Call[Nothing, NoQuery], session_id: UUID) -> Answer[None]:
    """End one of my logins; it is refused at its next request."""
    by = await call.staff()
    await sessions.end_own(session_id, of=(Audience.STAFF, by.id), now=call.now)
    await audit.record(Act.END_SESSION, by=by.acting, on=("session", session_id))
    return Answer(status=204)


@routes.post("/sessions/_end_others", status=204, records=(Act.END_SESSION,))
async def end_other_staff_sessions(call: Call[Nothing, NoQuery]) -> Answer[None]:
    """End all my logins but this one."""
    by = await call.staff()
    await sessions.end_others(by.session_id, of=(Audience.STAFF, by.id))
    await audit.record(
        Act.END_SESSION,
        by=by.acting,
        details={"all_but": str(by.session_id)},
    )
    return Answer(status=204)
