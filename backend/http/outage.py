"""A database that is away, or storage that is full: what callers hear, and what the log says."""

import asyncio
import logging
import time
from contextvars import Context

from backend.errors import StorageFull, Unavailable
from config.database import connection
from config.outages import Spell
from config.repeated import Repeated

RETRY_SECONDS = 2
# It is back when it answers and has refused nobody for so long: what comes and goes is one outage.
CALM_SECONDS = 2.0
LOOK_SECONDS = 1.0

_away = Spell("database_unavailable", "database_back", counted="refused", level=logging.ERROR)
_full = Repeated("storage_full")
_seen = {"at": 0.0}
_watching: set[asyncio.Task[None]] = set()


def refusal() -> Unavailable:
    """What a caller hears; nothing is lost, the same request may be sent again."""
    return Unavailable(
        "系统数据库暂时不可用，请稍后再试，已填写的内容不会丢失",
        code="database_unavailable",
        retry_after=RETRY_SECONDS,
    )


def seen(error: str) -> None:
    """Count one refused request, and watch from the first on until the database is back."""
    _away.failed(error)
    _seen["at"] = time.monotonic()
    if not _watching:
        # In a context of its own: it is about no request, and in none's transaction.
        task = asyncio.get_running_loop().create_task(_watch(), context=Context())
        _watching.add(task)
        task.add_done_callback(_watching.discard)


def full(error: StorageFull) -> None:
    """Count one request that was refused since storage is full."""
    _full.seen(error=type(error.__cause__).__name__)


async def _watch() -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if await _answers() and time.monotonic() - _seen["at"] >= CALM_SECONDS:
            break
    _away.worked()


async def _answers() -> bool:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await connection().execute_query("SELECT 1")
    # Whatever the driver raises while the server is away.
    except Exception:  # noqa: BLE001
        return False
    return True
