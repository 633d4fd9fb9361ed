"""Who may call a route: by construction every route has one of these guards."""

from datetime import datetime
from enum import Enum

from sanic import Request

from backend.http import headers
from backend.identity import tokens
from backend.identity.refusals import TokenMissing
from backend.identity.tokens import Claims
from models import Audience


class Guard(Enum):
    """Nobody in particular, WeChat (checks its own signature), residents, or staff."""

    OPEN = "open"
    WECHAT = "wechat"
    RESIDENT = "resident"
    STAFF = "staff"

    @property
    def audience(self) -> Audience | None:
        """Whose token it asks for."""
        return None if self in {Guard.OPEN, Guard.WECHAT} else Audience(self.value)


def claims_of(request: Request, guard: Guard, *, now: datetime) -> Claims | None:
    """The caller's verified claims; Unauthenticated without a valid token of this audience."""
    if guard.audience is None:
        return None
    kind, _, token = (headers.value(request, "authorization") or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise TokenMissing
    return tokens.verify(token.strip(), guard.audience, now=now)
