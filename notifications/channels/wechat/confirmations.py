"""What WeChat's own event says of a message it had taken: delivered, or not."""

from datetime import datetime
from uuid import UUID

from config.database import connection
from notifications.channels.wechat import statements


async def confirm(
    resident_id: UUID, template: str, *, msgid: str, errcode: int | None, now: datetime
) -> UUID | None:
    """Record WeChat's event about message `msgid`; `errcode` is None when it was delivered.

    A msgid we don't know belongs to the one message of this resident and template whose answer is
    still awaited or was lost; there is at most one, see claims. None if there is none.
    """
    reason = None if errcode is None else "微信未能投递"
    rows = await connection().execute_query_dict(
        statements.CONFIRM, [msgid, resident_id, template, errcode, reason, now]
    )
    return rows[0]["id"] if rows else None
