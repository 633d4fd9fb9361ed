"""Claiming due deliveries: each by one worker, one at a time per resident, a credit with each."""

from typing import Any

import orjson
from tortoise.transactions import in_transaction

from config.database import connection
from config.vault import sealed
from models import Channel, DeliveryStatus
from notifications.channels.attempts import Claimed
from notifications.channels.wechat.templates import long_term
from notifications.sending import statements

# Any number will do, as long as every release uses the same.
TURN = 0x636C61696D


async def claim(limit: int, *, lease_seconds: float) -> tuple[list[Claimed], int]:
    """Take up to `limit` due deliveries, the longest due first, and count all that were touched.

    A copy that needs a credit takes it here, or goes to wait for one. One whose outcome is unknown
    still holds its credit, and keeps later ones of its template back: WeChat's event about it does
    not say which of them it means.
    """
    if not limit:
        return [], 0
    async with in_transaction():
        await connection().execute_query_dict(statements.TAKE_TURN, [TURN])
        rows = await connection().execute_query_dict(
            statements.CLAIM, [limit, list(long_term()), lease_seconds]
        )
    return [_claimed(row) for row in rows if row["status"] == DeliveryStatus.SENDING], len(rows)


async def expire(*, doubt_seconds: float) -> int:
    """Give up the leases of workers that died while sending, and count them.

    WeChat may have the message: it is resent after `doubt_seconds` without an event about it.
    """
    reason = "发送中断，结果未知"
    return len(await connection().execute_query_dict(statements.EXPIRE, [doubt_seconds, reason]))


def _claimed(row: dict[str, Any]) -> Claimed:
    return Claimed(
        id=row["id"],
        channel=Channel(row["channel"]),
        attempt=row["attempts"],
        lease=row["due_at"],
        former=DeliveryStatus(row["former"]),
        address=sealed.unseal(
            "resident", row["resident_id"], column="openid", stored=row["openid_sealed"]
        )
        or "",
        template=row["template"],
        page=row["page"],
        data=orjson.loads(row["data"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )
