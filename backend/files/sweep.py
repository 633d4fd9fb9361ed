"""The periodic job that deletes files nobody handed in, and bytes that nobody names."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from tortoise.transactions import in_transaction

from backend.files import statements, store
from config.database import connection
from config.metrics import Gauge
from config.settings import settings

log = structlog.get_logger(__name__)

# An upload under way has bytes and no row yet.
ORPHANED_AFTER = timedelta(days=1)
FOLDERS = 256
_STEP = 500
KEPT = Gauge(
    "yikou_files_bytes",
    "Bytes of the files, by whether a case has them",
    ["attached"],
    multiprocess_mode="mostrecent",
)


async def sweep(*, now: datetime) -> None:
    """Delete files that were handed in with nothing, then one folder's orphaned bytes; measure.

    The folders come in turn: a run every ten minutes has seen all within two days.
    """
    await _delete_unattached(now)
    folder = int(now.timestamp()) // 600 % FOLDERS
    await delete_orphans(f"{folder:02x}", now=now)
    kept = {row["attached"]: row["bytes"] for row in await _rows(statements.BYTES)}
    for attached in (True, False):
        KEPT.labels("yes" if attached else "no").set(kept.get(attached, 0))


async def _delete_unattached(now: datetime) -> None:
    # The row first: what a crash leaves behind is then an orphan, not a file without bytes.
    while keys := await _forget_some(now):
        await store.delete(keys)
        log.info("files_deleted", why="unattached", count=len(keys))


async def _forget_some(now: datetime) -> list[str]:
    async with in_transaction():
        old = await _rows(statements.UNATTACHED, settings().files_unattached_days, _STEP, now)
        deleted = await _rows(statements.DELETE, [row["id"] for row in old], now)
        return [row["key"] for row in deleted]


async def delete_orphans(folder: str, *, now: datetime) -> None:
    """Delete what lies in this folder of the store for a day and no row names."""
    before = now - ORPHANED_AFTER
    lying = [key for key, at in await store.listed(folder) if at < before]
    for start in range(0, len(lying), _STEP):
        some = lying[start : start + _STEP]
        named = {row["key"] for row in await _rows(statements.NAMED, some)}
        if orphans := [key for key in some if key not in named]:
            await store.delete(orphans)
            log.warning("files_deleted", why="orphaned", count=len(orphans))


async def _rows(statement: str, *values: object) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await connection().execute_query_dict(statement, list(values))
    return rows
