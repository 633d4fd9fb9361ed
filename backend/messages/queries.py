"""Reading a resident's inbox."""

from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import orjson

from backend.messages import statements
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
    rows = await connection().execute_query_dict(
        statements.INBOX, [resident_id, before, unread, limit]
    )
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
    rows = await connection().execute_query_dict(statements.UNREAD, [resident_id])
    return int(rows[0]["unread"])
