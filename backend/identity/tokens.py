"""Access tokens: who asks and in which session, for 15 minutes and without personal data."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.identity import revocations
from backend.identity.refusals import TokenExpired, TokenInvalid
from config import ids
from config.vault import signing
from models import Audience

SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says: `subject` is the id of a resident or of a staff member."""

    audience: Audience
    subject: UUID
    session: UUID


def issue(claims: Claims, *, now: datetime) -> str:
    """A signed token for the next SECONDS."""
    told = {"sub": str(claims.subject), "sid": str(claims.session)}
    return signing.sign(told, audience=claims.audience.value, seconds=SECONDS, now=now)


def verify(token: str, audience: Audience, *, now: datetime) -> Claims:
    """Who asks; Unauthenticated if not signed by us for this audience, expired, or logged out.

    Asks no database: ended sessions are known to the process, see `revocations`.
    """
    try:
        told = signing.verify(token, audience=audience.value, now=now)
    except signing.TokenExpired as error:
        raise TokenExpired from error
    except signing.TokenInvalid as error:
        raise TokenInvalid from error
    claims = Claims(audience, ids.made(told["sub"]), ids.made(told["sid"]))
    revocations.check(claims.session)
    return claims
