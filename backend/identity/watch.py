"""Hearing from PostgreSQL which sessions other processes have ended.

A connection of its own listens (LISTEN/NOTIFY needs session state, which the pool has not) and
asks each second as well, for notifications that a pooler in between swallows.
"""

import asyncio
from uuid import UUID

from backend.identity import revocations, statements
from config import database
from config.outages import DATABASE
from config.patience import PERSON

SESSION_ENDED = "session_ended"
_PART = "ended sessions"
_POLL_SECONDS = 1.0
_LONGEST_TRANSACTION = 60  # an end may become visible so many seconds after its time


async def catch_up() -> None:
    """Learn of the sessions ended lately; to be awaited before the first request is served."""
    rows = await database.connection().execute_query_dict(statements.ENDED_LATELY, [_span()])
    revocations.heard(row["id"] for row in rows)


async def follow() -> None:
    """Keep hearing until cancelled; a lost connection is opened again."""
    while True:
        try:
            await _listen()
        except Exception as error:  # noqa: BLE001 - a broken connection raises about anything
            DATABASE.failed(type(error).__name__, _PART)
        await asyncio.sleep(_POLL_SECONDS)


async def _listen() -> None:
    single = await database.single(database.url(), patience=PERSON)
    try:
        await single.add_listener(SESSION_ENDED, _session_ended)
        while True:
            rows = await single.fetch(statements.ENDED_LATELY, _span())
            revocations.heard(row["id"] for row in rows)
            DATABASE.worked(_PART)
            await asyncio.sleep(_POLL_SECONDS)
    finally:
        single.terminate()


def _span() -> float:
    return revocations.silent_seconds() + _LONGEST_TRANSACTION


def _session_ended(_connection: object, _pid: int, _channel: str, payload: object) -> None:
    revocations.add([UUID(str(payload))])
