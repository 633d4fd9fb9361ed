"""Rate limits in Redis, shared by all workers; without Redis they are open, and the log says so."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from backend.http.refusals import RateLimited
from config.outages import Spell
from config.redis import RedisError, is_outage, redis
from config.settings import settings

_open = Spell("rate_limits_open", "rate_limits_kept_again", calm=10.0)


@dataclass(frozen=True)
class Budget:
    """So many requests in each window of so many seconds."""

    name: str
    requests: int
    seconds: int


class Limit(Enum):
    """The budgets: of an address where nobody is logged in (many share one), else of a person."""

    LOGIN = Budget("login", 1200, 60)
    OPEN = Budget("open", 3000, 60)
    # Of a paper somebody holds; its codes can't be guessed, so this only keeps off who tries.
    CHECK = Budget("check", 300, 60)
    # Tokens that are none or are over: each person's is over now and then, so not few.
    STRANGER = Budget("stranger", 1200, 60)
    READ = Budget("read", 600, 60)
    WRITE = Budget("write", 120, 60)
    UPLOAD = Budget("upload", 60, 60)
    # A window scans the papers of many, one after the other.
    WINDOW_UPLOAD = Budget("window_upload", 600, 60)
    # Whoever stands at the window is looked for once or twice.
    PERSONS = Budget("persons", 30, 60)
    # Codes of mandates, beside the few tries that each has: nobody is given one often.
    MANDATE_CODES = Budget("mandate_codes", 10, 3600)
    # WeChat tells of every message it sent for us, from a handful of addresses, and never again.
    WECHAT = Budget("wechat", 300_000, 60)


async def spend(limit: Limit, subject: str, *, now: datetime) -> dict[str, str]:
    """Count one request; the `RateLimit-*` headers, or RateLimited with the seconds to wait."""
    if not settings().rate_limits:
        return {}
    budget = limit.value
    window, passed = divmod(int(now.timestamp()), budget.seconds)
    left = budget.seconds - passed
    key = f"rate:{budget.name}:{subject}:{window}"
    try:
        async with redis().pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, budget.seconds * 2)
            used = int((await pipe.execute())[0])
    except (RedisError, OSError) as error:
        if not is_outage(error):
            _open.failed(type(error).__name__)
        return {}
    _open.worked()
    if used > budget.requests:
        raise RateLimited(most=budget.requests, retry_after=left)
    return headers(budget.requests, left=budget.requests - used, seconds=left)


def headers(most: int, *, left: int, seconds: int) -> dict[str, str]:
    """The `RateLimit-*` headers: of so many so many are left, for so many seconds."""
    return {
        "RateLimit-Limit": str(most),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(seconds),
    }
