"""Reading a resident's inbox."""

from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import orjson

from config.database import connection
from models import Channel, DeliveryStatus

Kind = Literal[
    "case.submit",
    "case.accept",
    "case.decline",
    "case.request_supplement",
    "case.supplement",
    "case.pass",
    "case.return",
    "case.approve",
    "case.deny",
    "case.deliver",
    "case.close",
    "case.withdraw",
    "appointment.book",
    "appointment.reschedule",
    "appointment.cancel",
    "appointment.close",
]

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


_CHANNELS = {channel.value: channel for channel in Channel}
_STATUSES = {status.value: status for status in DeliveryStatus}


class Delivery(NamedTuple):
    """A copy on another channel; `at` is when it was handed over, or else written."""

    channel: Channel
    status: DeliveryStatus
    at: datetime


class Message(NamedTuple):
    """A line of the inbox with its copies."""

    id: UUID
    kind: Kind
    title: str
    body: str
    created_at: datetime
    read_at: datetime | None
    case_id: UUID | None
    appointment_id: UUID | None
    deliveries: list[Delivery]


async def list_of_resident(
    resident_id: UUID, *, unread: bool = False, before: UUID | None = None, limit: int
) -> list[Message]:
    """A resident's messages, newest first; before the one given."""
    rows = await connection().execute_query_dict(INBOX, [resident_id, before, unread, limit])
    return [_message(row) for row in rows]


def _message(row: dict[str, Any]) -> Message:
    return Message(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        body=row["body"],
        created_at=row["created_at"],
        read_at=row["read_at"],
        case_id=row["case_id"],
        appointment_id=row["appointment_id"],
        deliveries=[_delivery(each) for each in orjson.loads(row["deliveries"] or "[]")],
    )


def _delivery(row: dict[str, str]) -> Delivery:
    moment = datetime.fromisoformat(row["at"])
    return Delivery(_CHANNELS[row["channel"]], _STATUSES[row["status"]], moment)


async def unread_of_resident(resident_id: UUID) -> int:
    """How many messages the resident has not read."""
    rows = await connection().execute_query_dict(UNREAD, [resident_id])
    return int(rows[0]["unread"])
