"""Claiming due deliveries: each by one worker, one at a time per resident, paid for as it is."""

from collections.abc import Callable
from typing import Any

import orjson
from tortoise.transactions import in_transaction

from config.database import connection
from config.vault import sealed
from models import Channel, DeliveryStatus
from notifications.channels.attempts import Claimed
from notifications.channels.wechat.templates import long_term
from notifications.sending import statements

# Any numbers will do, as long as every release uses the same.
TURNS = {Channel.WECHAT: 0x636C61696D, Channel.SMS: 0x636C61696E, Channel.WECOM: 0x636C61696F}
# What the claims of a channel need besides.
_PARAMETERS: dict[Channel, Callable[[], list[Any]]] = {
    Channel.WECHAT: lambda: [list(long_term())],
}


async def claim(channel: Channel, limit: int, *, lease_seconds: float) -> tuple[list[Claimed], int]:
    """Take up to `limit` due deliveries of the channel, and count all that were touched.

    Who is told something important goes first, and then who has waited longest; each is told in
    order. A copy that needs a credit takes it here, or goes to wait for one. One whose outcome is
    unknown still holds its credit, and keeps later ones of its template back: WeChat's event about
    it does not say which of them it means.
    """
    if not limit:
        return [], 0
    async with in_transaction():
        await connection().execute_query_dict(statements.TAKE_TURN, [TURNS[channel]])
        more = _PARAMETERS.get(channel, list)()
        rows = await connection().execute_query_dict(
            statements.CLAIM[channel], [limit, lease_seconds, *more]
        )
    return [_claimed(row) for row in rows if row["status"] == DeliveryStatus.SENDING], len(rows)


async def expire(*, doubt_seconds: float) -> int:
    """Give up the leases of workers that died while sending, and count them.

    The channel may have the message: it is looked at again after `doubt_seconds`, if nothing is
    heard of it before.
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
            row["kept_in"], row["kept_of"], column=row["kept_as"], stored=row["address"]
        )
        or "",
        template=row["template"],
        page=row["page"],
        data=orjson.loads(row["data"]),
        ready_at=row["ready_at"],
        expires_at=row["expires_at"],
    )
