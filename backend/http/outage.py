"""A database that is away, or storage that is full: what the log says of it."""

import asyncio
import logging
import time
from contextvars import Context
from math import inf

from config.database import connection, ping
from config.outages import DATABASE, Spell

# It is back when it answers and has refused nobody for so long: what comes and goes is one outage.
CALM_SECONDS = 2.0
LOOK_SECONDS = 1.0

PART = "requests"
# A small write may still find room where a larger one did not.
ROOM_SECONDS = 60.0

_full = Spell("storage_full", "storage_has_room", level=logging.ERROR, calm=ROOM_SECONDS)
_seen = {"at": 0.0, "full": -inf}
_watching: set[asyncio.Task[None]] = set()


def seen(error: str) -> None:
    """Count one refused request, and watch from the first on until the database is back."""
    DATABASE.failed(error, PART)
    _seen["at"] = time.monotonic()
    if not _watching:
        # In a context of its own: it is about no request, and in none's transaction.
        task = asyncio.get_running_loop().create_task(_watch(), context=Context())
        _watching.add(task)
        task.add_done_callback(_watching.discard)


def full(cause: BaseException | None) -> None:
    """Count one request or connection that was refused since storage is full."""
    _full.failed(type(cause).__name__)
    _seen["full"] = time.monotonic()


def lately_full() -> bool:
    """Whether this process has met a refusal for want of room in the last minute."""
    return time.monotonic() - _seen["full"] < ROOM_SECONDS


def written() -> None:
    """A request has written; after a minute without refusals that ends the time without room."""
    _full.worked()


async def _watch() -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if await _answers() and time.monotonic() - _seen["at"] >= CALM_SECONDS:
            break
    DATABASE.worked(PART)


async def _answers() -> bool:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await ping(connection())
    # Whatever the driver raises while the server is away.
    except Exception:  # noqa: BLE001
        return False
    return True
