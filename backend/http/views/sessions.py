"""What residents' and staff's sessions share: what is sent, what the client keeps, the refusals."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend.http.body import Body
from backend.http.views import times
from backend.identity import tokens
from backend.identity.refusals import (
    RefreshExpired,
    RefreshInvalid,
    RefreshReused,
    SessionEnded,
    WechatCodeInvalid,
    WechatUnavailable,
    WechatUserBlocked,
)
from backend.identity.sessions import Granted, LiveSession
from models import Device

WECHAT_REFUSALS = (WechatCodeInvalid, WechatUserBlocked, WechatUnavailable)
REFRESH_REFUSALS = (RefreshInvalid, RefreshExpired, RefreshReused, SessionEnded)

Code = Annotated[str, Field(min_length=1, max_length=256)]


class LogIn(Body):
    """The code of wx.login."""

    code: Code


class Refresh(Body):
    """The newest refresh token of the session."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=256)]


class LogOut(Body):
    """Which sessions end: this one, or all of mine."""

    everywhere: bool = False


class OwnSession(TypedDict):
    """A login of mine that has not ended; `this` is the one that asks."""

    id: UUID
    begun_at: datetime
    used_at: datetime
    device: Device | None
    network: str | None
    this: bool


class Tokens(TypedDict):
    """What the client keeps; both times are seconds from now."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    refresh_expires_in: int


def own_session(session: LiveSession, *, asked_in: UUID) -> OwnSession:
    """A session as its owner sees it."""
    return {
        "id": session.id,
        "begun_at": times.local(session.begun_at),
        "used_at": times.local(session.used_at),
        "device": session.device,
        "network": session.network,
        "this": session.id == asked_in,
    }


def kept(granted: Granted) -> Tokens:
    """What the client keeps of a session that was begun or carried on."""
    return {
        "access_token": granted.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.SECONDS,
        "refresh_token": granted.refresh_token,
        "refresh_expires_in": granted.refresh_expires_in,
    }
