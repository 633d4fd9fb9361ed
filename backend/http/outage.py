"""A database that is away, or storage that is full: what callers hear, and what the log says."""

from backend.errors import StorageFull, Unavailable
from config.repeated import Repeated

RETRY_SECONDS = 2

_away = Repeated("database_unavailable")
_full = Repeated("storage_full")


def refusal() -> Unavailable:
    """What a caller hears; nothing is lost, the same request may be sent again."""
    return Unavailable(
        "系统数据库暂时不可用，请稍后再试，已填写的内容不会丢失",
        code="database_unavailable",
        retry_after=RETRY_SECONDS,
    )


def seen(error: str) -> None:
    """Count one request that was refused since the database is away."""
    _away.seen(error=error)


def full(error: StorageFull) -> None:
    """Count one request that was refused since storage is full."""
    _full.seen(error=type(error.__cause__).__name__)
