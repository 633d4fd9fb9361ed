"""The sessions ended before their access tokens expired, as known to this process.

`watch` feeds it from PostgreSQL, so that a request costs no query. An entry may be forgotten when
every access token of its session has expired.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from backend.identity.refusals import SessionEnded
from backend.refusals import Unavailable

KEPT_SECONDS = 20 * 60  # an access token's 15 minutes, and some for clocks that differ
BLIND_SECONDS = 30  # so long we serve without news from PostgreSQL


@dataclass
class _Known:
    """When each ended session was heard of, and the last news at all (monotonic seconds)."""

    ended: dict[UUID, float] = field(default_factory=dict)
    news_at: float | None = None


_known = _Known()


def check(session: UUID) -> None:
    """SessionEnded if it has, Unavailable if we could not have heard of it."""
    if session in _known.ended:
        raise SessionEnded
    news_at = _known.news_at
    if news_at is not None and time.monotonic() - news_at > BLIND_SECONDS:
        raise Unavailable(retry_after=5)


def add(sessions: Iterable[UUID]) -> None:
    """Refuse these sessions from now on."""
    now = time.monotonic()
    _known.ended.update(dict.fromkeys(sessions, now))


def heard(sessions: Iterable[UUID]) -> None:
    """Take PostgreSQL's list of sessions that ended lately, and forget those long expired."""
    now = time.monotonic()
    add(sessions)
    for session in [each for each, at in _known.ended.items() if now - at > KEPT_SECONDS]:
        del _known.ended[session]
    _known.news_at = now


def silent_seconds() -> float:
    """How long ago `heard` was last called; KEPT_SECONDS if never."""
    if _known.news_at is None:
        return KEPT_SECONDS
    return time.monotonic() - _known.news_at
