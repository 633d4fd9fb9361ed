"""Sessions: started at login, carried on by refresh tokens, ended by logout or a token's reuse."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from structlog import get_logger
from tortoise.transactions import in_transaction

from backend import audit
from backend.idempotency import keys
from backend.idempotency.keys import Once
from backend.idempotency.refusals import IdempotencyKeyInFlight
from backend.identity import devices, revocations, statements, tokens
from backend.identity.refusals import (
    RefreshExpired,
    RefreshInvalid,
    RefreshReused,
    SessionEnded,
    SessionNotFound,
)
from backend.identity.tokens import Claims
from config.database import connection
from models import Audience, Device, RefreshToken, Session

log = get_logger()

REUSED = RefreshReused.code
REFRESHED = 200
BY_OWNER = "ended_by_owner"
_IDLE = {Audience.RESIDENT: timedelta(days=30), Audience.STAFF: timedelta(minutes=30)}
_WHOLE = {Audience.RESIDENT: timedelta(days=180), Audience.STAFF: timedelta(hours=12)}
_KEPT = timedelta(days=30)
_OWNER = {Audience.RESIDENT: "resident_id", Audience.STAFF: "staff_id"}


@dataclass(frozen=True)
class Granted:
    """What the client gets; the refresh token is known to nobody else, we keep its hash."""

    claims: Claims
    access_token: str
    refresh_token: str
    refresh_expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSession:
    """A session that has not ended; `used_at` is when it began or was last carried on."""

    id: UUID
    begun_at: datetime
    used_at: datetime
    device: Device | None
    network: str | None


async def start(audience: Audience, subject: UUID, *, now: datetime) -> Granted:
    """Begin a session of a resident or staff member who has just proved who they are."""
    owner = {_OWNER[audience]: subject}
    session = Session(
        audience=audience,
        expires_at=now + _IDLE[audience],
        created_at=now,
        **devices.of(audit.current()),
        **owner,
    )
    async with in_transaction():
        await Session.filter(**owner, expires_at__lt=now - _KEPT).delete()
        await session.save()
        return await _grant(session, now=now)


async def refresh(
    token: str,
    *,
    audience: Audience,
    now: datetime,
    once: Once | None = None,
    render: Callable[[Granted], Awaitable[bytes]],
) -> bytes:
    """Exchange a refresh token, once; its second use ends the session: RefreshReused.

    The rendered answer is stored under `once` in the same transaction, so that no crash can spend
    the token and lose the answer; the same key again is IdempotencyKeyInFlight, and
    its answer stored. Not to be called inside a transaction, whose rollback would undo that end.
    """
    async with in_transaction() as within:
        presented = await RefreshToken.select_for_update().get_or_none(token_hash=_hash(token))
        if presented is None:
            raise RefreshInvalid
        session = await Session.select_for_update().get_or_none(id=presented.session_id)
        if session is None or session.audience != audience:
            raise RefreshInvalid
        _check(session, now=now)
        if once is not None and await keys.answered(once) is not None:
            raise IdempotencyKeyInFlight
        if presented.used_at is None:
            answer = await render(await _rotate(presented, session, now=now))
            if once is not None:
                await keys.store(once, REFRESHED, answer, within)
            return answer
        await end(session.id, reason=REUSED)
    log.warning("refresh_reused", session=str(session.id))
    raise RefreshReused


async def end(session_id: UUID, *, reason: str = "logout") -> None:
    """End one session: no process takes its tokens any more.

    When it ended is told by the database's clock, by which the other processes ask for the latest.
    """
    await _end(statements.END_ONE, session_id, reason=reason)


async def log_out(session_id: UUID, *, of: tuple[Audience, UUID], everywhere: bool) -> None:
    """End this session or, everywhere, all of whose it is."""
    if everywhere:
        await end_all(*of)
    else:
        await end(session_id)


async def end_all(audience: Audience, subject: UUID, *, reason: str = "logout_everywhere") -> None:
    """End all sessions of a resident or staff member."""
    await _end(statements.end_all(_OWNER[audience]), subject, reason=reason)


async def end_own(session_id: UUID, *, of: tuple[Audience, UUID], now: datetime) -> None:
    """End one session of this resident or staff member; SessionNotFound for any other."""
    audience, subject = of
    statement = statements.end_own(_OWNER[audience])
    if not await _end(statement, session_id, subject, now, reason=BY_OWNER):
        raise SessionNotFound


async def end_others(session_id: UUID, *, of: tuple[Audience, UUID]) -> None:
    """End all sessions of this resident or staff member but this one."""
    audience, subject = of
    await _end(statements.end_others(_OWNER[audience]), session_id, subject, reason=BY_OWNER)


async def _end(statement: str, *values: object, reason: str) -> int:
    rows = await connection().execute_query_dict(statement, [reason, *values])
    revocations.add(row["id"] for row in rows)
    return len(rows)


async def alive(
    of: tuple[Audience, UUID], *, before: UUID | None, limit: int, now: datetime
) -> list[LiveSession]:
    """The sessions of this resident or staff member that have not ended, last begun first."""
    audience, subject = of
    rows = await connection().execute_query_dict(
        statements.alive(_OWNER[audience]), [subject, now, before, limit]
    )
    return [LiveSession(**row) for row in rows]


async def _rotate(presented: RefreshToken, session: Session, *, now: datetime) -> Granted:
    presented.used_at = now
    await presented.save(update_fields=["used_at"])
    whole = session.created_at + _WHOLE[session.audience]
    session.expires_at = min(now + _IDLE[session.audience], whole)
    await session.save(update_fields=["expires_at"])
    return await _grant(session, now=now)


async def _grant(session: Session, *, now: datetime) -> Granted:
    token = secrets.token_urlsafe(32)
    await RefreshToken.create(session_id=session.id, token_hash=_hash(token), created_at=now)
    claims = Claims(session.audience, _subject(session), session.id)
    left = int((session.expires_at - now).total_seconds())
    return Granted(claims, tokens.issue(claims, now=now), token, left)


def _check(session: Session, *, now: datetime) -> None:
    if session.revoke_reason == REUSED:
        raise RefreshReused
    if session.revoked_at is not None:
        raise SessionEnded
    if session.expires_at <= now:
        raise RefreshExpired


def _subject(session: Session) -> UUID:
    subject = session.resident_id or session.staff_id
    if subject is None:
        raise TypeError("a session has an owner")
    return subject


def _hash(token: str) -> str:
    # 256 random bits need no salt and no key
    return sha256(token.encode()).hexdigest()


async def forget(*, now: datetime) -> int:
    """Delete the refresh tokens of sessions that ended a day ago; how many."""
    return len(await connection().execute_query_dict(statements.FORGET_TOKENS, [now]))
