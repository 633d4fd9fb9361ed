"""Residents' sessions: log in with WeChat, carry on, log out."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act, Actor
from backend.http.answers import Answer, encode
from backend.http.body import Body
from backend.http.call import Call, NoQuery
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.identity import profiles, residents, sessions, tokens
from backend.identity.profiles import ResidentView
from backend.identity.refusals import (
    RefreshExpired,
    RefreshInvalid,
    RefreshReused,
    SessionEnded,
    WechatCodeInvalid,
    WechatUnavailable,
    WechatUserBlocked,
)
from backend.identity.sessions import Granted
from models import Audience

routes = Routes(
    "resident_session", prefix="/api/v1/auth", guard=Guard.RESIDENT, unrecorded="a resident's own"
)

WECHAT_REFUSALS = (WechatCodeInvalid, WechatUserBlocked, WechatUnavailable)
REFRESH_REFUSALS = (RefreshInvalid, RefreshExpired, RefreshReused, SessionEnded)


class LogIn(Body):
    """The code of wx.login."""

    code: Annotated[str, Field(min_length=1, max_length=256)]


class Refresh(Body):
    """The newest refresh token of the session."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=256)]


class LogOut(Body):
    """Which sessions end: this one, or all of mine."""

    everywhere: bool = False


class SessionView(TypedDict):
    """What the client keeps; both times are seconds from now."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
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
    if call.body.everywhere:
        await sessions.end_all(Audience.RESIDENT, by.id)
    else:
        await sessions.end(by.session_id)
    return Answer(status=204)


async def _record(act: Act, resident: UUID, session: UUID) -> None:
    by = Actor("resident", resident)
    await audit.record(act, by=by, on=("session", session), resident=resident)


async def _session_bytes(granted: Granted) -> bytes:
    return encode(await _session_view(granted))


async def _session_view(granted: Granted) -> SessionView:
    return {
        "access_token": granted.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.SECONDS,
        "refresh_token": granted.refresh_token,
        "refresh_expires_in": granted.refresh_expires_in,
        "resident": await profiles.card(granted.claims.subject),
    }
