"""Residents' sessions: log in with WeChat, carry on, log out."""

from uuid import UUID

from backend import audit
from backend.audit import Act, Actor
from backend.http.answers import Answer, encode
from backend.http.call import Call, NoQuery
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.http.views.sessions import (
    REFRESH_REFUSALS,
    WECHAT_REFUSALS,
    LogIn,
    LogOut,
    Refresh,
    Tokens,
    kept,
)
from backend.identity import profiles, residents, sessions
from backend.identity.profiles import ResidentView
from backend.identity.refusals import SessionEnded
from backend.identity.sessions import Granted
from models import Audience

routes = Routes(
    "resident_session", prefix="/api/v1/auth", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


class SessionView(Tokens):
    """What the client keeps; both times are seconds from now."""

    resident: ResidentView


@routes.post(
    "/wechat",
    guard=Guard.OPEN,
    limit=Limit.LOGIN,
    keyed=Keyed.AFTER,
    body=LogIn,
    status=201,
    errors=(*WECHAT_REFUSALS, SessionEnded),
    records=(Act.LOG_IN, Act.LOG_IN_REFUSED),
)
async def log_in(call: Call[LogIn, NoQuery]) -> Answer[SessionView]:
    """Log in with WeChat; the first time makes an account."""
    async with audit.attempt(Act.LOG_IN_REFUSED):
        granted = await residents.log_in(call.body.code, now=call.now)
    await _record(Act.LOG_IN, granted.claims.subject, granted.claims.session)
    return Answer(await _session_view(granted), 201)


@routes.post(
    "/refresh",
    guard=Guard.OPEN,
    limit=Limit.LOGIN,
    keyed=Keyed.OWN,
    body=Refresh,
    errors=REFRESH_REFUSALS,
)
async def refresh(call: Call[Refresh, NoQuery]) -> Answer[SessionView]:
    """Carry the session on; each refresh token works once, its reuse ends the session."""
    body = await sessions.refresh(
        call.body.refresh_token,
        audience=Audience.RESIDENT,
        now=call.now,
        once=call.once,
        render=_session_bytes,
    )
    return Answer(body)


@routes.post("/logout", body=LogOut, status=204, records=(Act.LOG_OUT,))
async def log_out(call: Call[LogOut, NoQuery]) -> Answer[None]:
    """End this session, or all sessions of the resident."""
    by = await call.resident()
    await _record(Act.LOG_OUT, by.id, by.session_id)
    await sessions.log_out(
        by.session_id, of=(Audience.RESIDENT, by.id), everywhere=call.body.everywhere
    )
    return Answer(status=204)


async def _record(act: Act, resident: UUID, session: UUID) -> None:
    by = Actor("resident", resident)
    await audit.record(act, by=by, on=("session", session), resident=resident)


async def _session_bytes(granted: Granted) -> bytes:
    return encode(await _session_view(granted))


async def _session_view(granted: Granted) -> SessionView:
    return {**kept(granted), "resident": await profiles.card(granted.claims.subject)}
