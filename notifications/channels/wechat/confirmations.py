"""What WeChat's own event says of a message it had taken: delivered, or not."""

from datetime import datetime
from uuid import UUID

from config.database import connection

CONFIRM = """
WITH told AS (
    SELECT id FROM delivery
    WHERE provider_id = $1 AND status IN ('sent', 'sending')
       OR resident_id = $2 AND template = $3 AND status IN ('sending', 'unknown')
          AND provider_id IS NULL
    ORDER BY provider_id IS NULL, due_at LIMIT 1 FOR UPDATE
)
UPDATE delivery d SET
    status = CASE WHEN d.status = 'sending' THEN d.status
                  WHEN $4::int IS NULL THEN 'delivered' ELSE 'failed' END,
    sent_at = coalesce(d.sent_at, $6), provider_id = $1, errcode = $4::int, error = $5
FROM told WHERE d.id = told.id
RETURNING d.id
"""


async def confirm(
    resident_id: UUID, template: str, *, msgid: str, errcode: int | None, now: datetime
) -> UUID | None:
    """Record WeChat's event about message `msgid`; `errcode` is None when it was delivered.

    A msgid we don't know belongs to the one message of this resident and template whose answer is
    still awaited or was lost; there is at most one, see claims. None if there is none.
    """
    reason = None if errcode is None else "微信未能投递"
    rows = await connection().execute_query_dict(
        CONFIRM, [msgid, resident_id, template, errcode, reason, now]
    )
    return rows[0]["id"] if rows else None
