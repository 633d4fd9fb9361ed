"""A look behind the scenes: what is in the running system's database."""

from typing import Any

from config import database
from tests.live import Live

# What a refused request must leave as it is. The worker goes on with deliveries and credits, and
# a slot's `booked` follows from appointments.
KEPT = (
    "resident",
    "case",
    "case_event",
    "case_form",
    "case_material",
    "task",
    "stored_file",
    "appointment",
    "message",
    "idempotency_key",
    "mandate",
    "muted_kind",
    "family_copy",
    "post",
    "staff",
)


_open: dict[str, Any] = {}


async def behind(live: Live) -> Any:
    """A connection to the database, the same each time until `close`."""
    if live.database_url not in _open:
        _open[live.database_url] = await database.single(live.database_url)
    return _open[live.database_url]


async def close() -> None:
    """Close the connections."""
    while _open:
        await _open.popitem()[1].close()


async def state(live: Live) -> dict[str, str]:
    """What changes of each table of the domain when a row of it is added, changed or deleted."""
    columns = ", ".join(
        f"(SELECT count(*) || '/' || coalesce(max(xmin::text::bigint), 0)"
        f' FROM "{table}") AS "{table}"'
        for table in KEPT
    )
    return dict(await (await behind(live)).fetchrow(f"SELECT {columns}"))


async def records(live: Live, request: str) -> list[Any]:
    """What the access log has of this request, oldest first."""
    asked = "SELECT * FROM access_log WHERE request_id = $1 ORDER BY seq"
    return list(await (await behind(live)).fetch(asked, request))
