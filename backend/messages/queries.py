"""Reading a resident's inbox."""

from typing import Any
from uuid import UUID

import orjson

from config.database import connection

INBOX = """
SELECT m.id, m.kind, m.title, m.body, m.created_at, m.read_at, m.case_id, m.appointment_id,
    (SELECT jsonb_agg(jsonb_build_object(
            'channel', d.channel, 'status', d.status, 'at', coalesce(d.sent_at, d.created_at))
        ORDER BY d.id) FROM delivery d WHERE d.message_id = m.id) AS deliveries
FROM message m
WHERE m.resident_id = $1 AND ($2::uuid IS NULL OR m.id < $2)
  AND (NOT $3::bool OR m.read_at IS NULL)
ORDER BY m.id DESC LIMIT $4
"""
UNREAD = "SELECT count(*) AS unread FROM message WHERE resident_id = $1 AND read_at IS NULL"


async def list_of_resident(
    resident_id: UUID, *, unread: bool = False, before: UUID | None = None, limit: int
) -> list[dict[str, Any]]:
    """A resident's messages, newest first, each with its `deliveries`; before the one given."""
    rows = await connection().execute_query_dict(INBOX, [resident_id, before, unread, limit])
    return [row | {"deliveries": orjson.loads(row["deliveries"] or "[]")} for row in rows]


async def unread_of_resident(resident_id: UUID) -> int:
    """How many messages the resident has not read."""
    rows = await connection().execute_query_dict(UNREAD, [resident_id])
    return int(rows[0]["unread"])
