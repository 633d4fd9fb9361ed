"""Who may call a route: by construction every route has one of these guards."""

from datetime import datetime
from enum import Enum

from sanic import Request

from backend.http import headers
from backend.identity import actors, tokens
from backend.identity.actors import StaffActor
from backend.identity.refusals import AdminOnly, TokenMissing
from backend.identity.tokens import Claims
from models import Audience, Role


class Guard(Enum):
    """Nobody in particular, WeChat (checks its own signature), residents, staff, or admins."""

    OPEN = "open"
    WECHAT = "wechat"
    RESIDENT = "resident"
    STAFF = "staff"
    ADMIN = "admin"

    @property
    def audience(self) -> Audience | None:
        """Whose token it asks for."""
        if self is Guard.OPEN or self is Guard.WECHAT:
            return None
        return Audience.RESIDENT if self is Guard.RESIDENT else Audience.STAFF


def admit(actor: StaffActor, guard: Guard, *, before_factor: bool) -> None:
    """Refuse who owes the second factor, unless it may come later, and who is no administrator.

    SecondFactorRequired, SecondFactorMissing or AdminOnly.
    """
    if not before_factor:
        actors.check_factor(actor)
    if guard is Guard.ADMIN and all(post.role is not Role.ADMIN for post in actor.posts):
        raise AdminOnly


def claims_of(request: Request, guard: Guard, *, now: datetime) -> Claims | None:
    """The caller's verified claims; Unauthenticated without a valid token of this audience."""
    if guard.audience is None:
        return None
    kind, _, token = (headers.value(request, "authorization") or "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise TokenMissing
    return tokens.verify(token.strip(), guard.audience, now=now)
