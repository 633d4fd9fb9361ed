"""What a channel did not deliver goes on to the next one, if it matters enough."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from tortoise.transactions import in_transaction

from config import encoding
from config.database import connection
from config.settings import settings
from models import Channel, DropReason, Importance, RecipientKind
from notifications.channels.order import ORDER
from notifications.channels.sms import words
from notifications.sending import statements
from notifications.telling import quiet

# Any number will do, as long as every release uses the same.
TURN = 0x68616E646F6E
AT_ONCE = 200
ROUNDS = 50


async def hand_on(channels: Sequence[Channel], *, now: datetime) -> int:
    """Give what was not delivered in time to the next of these channels; how many copies.

    What may have arrived is not given on before it is known that it did not. A copy that the next
    channel cannot take is written all the same, with the reason, and goes on from there. Who has
    read the message needs no copy.
    """
    made = 0
    for _ in range(ROUNDS):
        async with in_transaction():
            await connection().execute_query_dict(statements.TAKE_TURN, [TURN])
            rows = await connection().execute_query_dict(
                statements.HAND_ON,
                [now, settings().fallback_minutes * 60, AT_ONCE, list(channels)],
            )
            copies = list(_copies(rows, channels, await _sent_today(rows, now), now))
            if copies:
                await connection().execute_query_dict(
                    statements.NEXT_COPIES, [encoding.dumps(copies).decode()]
                )
        made += len(copies)
        if len(rows) < AT_ONCE:
            break
    return made


async def _sent_today(rows: Iterable[dict[str, Any]], now: datetime) -> dict[str, int]:
    """How many short messages each of these numbers was sent in a day; "" is all numbers."""
    numbers = [row["number_hash"] for row in rows if row["number_hash"]]
    if not numbers:
        return {}
    found = await connection().execute_query_dict(statements.SENT_TODAY, [now, numbers])
    return {row["number_hash"]: row["count"] for row in found}


def _copies(
    rows: Iterable[dict[str, Any]],
    channels: Sequence[Channel],
    sent: dict[str, int],
    now: datetime,
) -> Iterator[dict[str, Any]]:
    for row in rows:
        order = ORDER[RecipientKind.RESIDENT][Importance(row["importance"])]
        later = order[order.index(Channel(row["channel"])) + 1 :]
        channel = next((each for each in later if each in channels), None)
        if channel is None or row["read"]:
            continue
        reason = _against(row, sent)
        if reason is None:
            for key in (row["number_hash"], ""):
                sent[key] = sent.get(key, 0) + 1
        yield {
            "message_id": row["message_id"],
            "resident_id": row["resident_id"],
            "channel": channel,
            "template": row["importance"],
            "data": {words.TITLE: row["title"], words.NUMBER: row["number"]},
            "at": now,
            "held_until": _held(row, now),
            "expires_at": row["expires_at"],
            "reason": reason,
        }


def _against(row: dict[str, Any], sent: dict[str, int]) -> DropReason | None:
    """Why no short message is sent."""
    if row["superseded"]:
        return DropReason.SUPERSEDED
    if row["muted"]:
        return DropReason.MUTED
    if not row["number_hash"]:
        return DropReason.NO_ADDRESS
    given = settings()
    spent = sent.get(row["number_hash"], 0) >= given.sms_per_person
    return DropReason.LIMIT if spent or sent.get("", 0) >= given.sms_per_day else None


def _held(row: dict[str, Any], now: datetime) -> datetime | None:
    """Until which morning it waits; not what was so urgent that no copy of it waited for one."""
    urgent = row["held_until"] is None and quiet.quiet(row["told_at"])
    return None if urgent else quiet.until(now, row["resident_id"])
