"""How long to wait before another attempt; each is given the attempt's number and the moment."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from config.clock import CITY_TIME
from wechat.errcodes import Reaction

BACKOFF_SECONDS = 5.0
BACKOFF_MAX_SECONDS = 900.0
REPAIR_SECONDS = 600.0
SERIALISE_SECONDS = 1.0


def backoff(attempt: int, _at: datetime) -> float:
    """Longer each time, a quarter of an hour at most."""
    return jitter(min(BACKOFF_SECONDS * 2 ** min(attempt - 1, 20), BACKOFF_MAX_SECONDS))


def next_minute(_attempt: int, at: datetime) -> float:
    """Until a quota of this minute begins anew."""
    return 60 - at.second + random.uniform(0, 10)  # noqa: S311 - spreads the load


def next_day(_attempt: int, at: datetime) -> float:
    """Until a quota of this day of the city begins anew."""
    local = at.astimezone(CITY_TIME)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return (midnight - local).total_seconds() + random.uniform(0, 600)  # noqa: S311 - likewise


def after_repair(_attempt: int, _at: datetime) -> float:
    """Until an operator may have mended a setting."""
    return jitter(REPAIR_SECONDS)


def jitter(seconds: float) -> float:
    """About so many."""
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311 - spreads the load


def one_at_a_time(_attempt: int, _at: datetime) -> float:
    """Until another one to the same recipient has ended."""
    return jitter(SERIALISE_SECONDS)


BY_REACTION: dict[Reaction, Callable[[int, datetime], float]] = {
    Reaction.RETRY: backoff,
    Reaction.REFRESH_TOKEN: backoff,
    Reaction.WAIT_MINUTE: next_minute,
    Reaction.WAIT_DAY: next_day,
    Reaction.SERIALISE: one_at_a_time,
    Reaction.CONFIGURATION: after_repair,
}
"""The classes of WeChat's and WeCom's errcodes worth another attempt, and in how many seconds."""
