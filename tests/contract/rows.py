"""A look behind the scenes: what is in the running system's database."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from config import database
from tests.live import Live

# What a refused request must leave as it is. The worker goes on with deliveries and credits, and
# a slot's `booked` follows from appointments.
KEPT = (
    "resident",
    "case",
    "case_event",
    "case_material",
    "task",
    "stored_file",
    "appointment",
    "message",
    "idempotency_key",
    "post",
    "staff",
)


@contextlib.asynccontextmanager
async def behind(live: Live) -> AsyncIterator[Any]:
    """A connection to the database; closed afterwards."""
    connection = await database.single(live.database_url)
    try:
        yield connection
    finally:
        await connection.close()


async def state(live: Live) -> dict[str, str]:
    """What changes of each table of the domain when a row of it is added, changed or deleted."""
    async with behind(live) as connection:
        columns = ", ".join(
            f"(SELECT count(*) || '/' || coalesce(max(xmin::text::bigint), 0)"
            f' FROM "{table}") AS "{table}"'
            for table in KEPT
        )
        return dict((await connection.fetch(f"SELECT {columns}"))[0])


async def records(live: Live) -> list[Any]:
    """The access log, oldest first."""
    async with behind(live) as connection:
        return list(await connection.fetch("SELECT * FROM access_log ORDER BY seq"))
