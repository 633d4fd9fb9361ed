"""A database that is away: what callers hear, and one line of the log a minute and process."""

import time

from structlog import get_logger

from backend.errors import Unavailable

RETRY_SECONDS = 2
QUIET_SECONDS = 60.0

log = get_logger()
_told = {"at": -QUIET_SECONDS, "count": 0.0}


def refusal() -> Unavailable:
    """What a caller hears; nothing is lost, the same request may be sent again."""
    return Unavailable(
        "系统数据库暂时不可用，请稍后再试，已填写的内容不会丢失",
        code="database_unavailable",
        retry_after=RETRY_SECONDS,
    )


def seen(error: str) -> None:
    """Count one refused request, and log at most once a minute how many there were."""
    now = time.monotonic()
    _told["count"] += 1
    if now - _told["at"] >= QUIET_SECONDS:
        log.error("database_unavailable", error=error, refused=int(_told["count"]))
        _told.update(at=now, count=0.0)
