"""Reading an inbox: a resident's, or a member of staff's."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from backend.identity.actors import StaffActor
from backend.messages import statements
from config.database import connection
from models import Channel, DeliveryStatus, DropReason, Importance, Role

_CHANNELS = {channel.value: channel for channel in Channel}
_STATUSES = {status.value: status for status in DeliveryStatus}
_REASONS = {reason.value: reason for reason in DropReason}
_IMPORTANCES = {importance.value: importance for importance in Importance}


class Delivery(NamedTuple):
    """A copy on another channel; `at` is when it was handed over, or else written.

    `reason` is why it was dropped, or waits. It was held back until `held_until`, at night or since
    others may follow at once; what was merged went with the copy of the message `merged_into`.
    """

    channel: Channel
    status: DeliveryStatus
    reason: DropReason | None
    at: datetime
    held_until: datetime | None
    merged_into: UUID | None


class Message(NamedTuple):
    """A line of an inbox with its copies; `read_at` is when its reader here has read it.

    `importance` is None of what was told before there were classes.
    """

    id: UUID
    kind: str
    importance: Importance | None
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
    """A resident's messages, newest first; before the one given.

    Those to the account, what the person's other accounts were told of the person's cases and
    appointments, and what the person was told without any.
    """
    rows = await connection().execute_query_dict(
        statements.INBOX, [resident_id, before, unread, limit]
    )
    return [_message(row) for row in rows]


def _message(row: dict[str, Any]) -> Message:
    return Message(
        id=row["id"],
        kind=row["kind"],
        importance=_IMPORTANCES.get(row["importance"]),
        title=row["title"],
        body=row["body"],
        created_at=row["created_at"],
        read_at=row["read_at"],
        case_id=row["case_id"],
        appointment_id=row["appointment_id"],
        deliveries=[_delivery(each) for each in orjson.loads(row["deliveries"] or "[]")],
    )


def _delivery(row: dict[str, Any]) -> Delivery:
    moment = datetime.fromisoformat(row["at"])
    held = row["held_until"] and datetime.fromisoformat(row["held_until"])
    merged = row["merged_into"] and UUID(row["merged_into"])
    reason = _REASONS.get(row["reason"])
    return Delivery(
        _CHANNELS[row["channel"]], _STATUSES[row["status"]], reason, moment, held, merged
    )


async def unread_of_resident(resident_id: UUID) -> int:
    """How many messages the resident has not read."""
    rows = await connection().execute_query_dict(statements.UNREAD, [resident_id])
    return int(rows[0]["unread"])


async def list_of_staff(
    by: StaffActor, *, unread: bool = False, before: UUID | None = None, limit: int
) -> list[Message]:
    """What a member of staff was told, newest first; before the one given.

    That is what was for them alone, and for a role of a unit while they hold a post of it; nobody
    is told of what they did themselves.
    """
    rows = await connection().execute_query_dict(
        statements.STAFF_INBOX, [*inbox_of(by), before, unread, limit]
    )
    return [_message(row) for row in rows]


async def unread_of_staff(by: StaffActor) -> int:
    """How many of them this member of staff has not read."""
    rows = await connection().execute_query_dict(statements.STAFF_UNREAD, inbox_of(by))
    return int(rows[0]["unread"])


def inbox_of(by: StaffActor) -> list[Any]:
    """Whose inbox it is, as the first parameters of its statements: who, and each post once."""
    since: dict[tuple[str, Role], datetime] = {}
    for post in by.posts:
        held = post.unit_code, post.role
        since[held] = min(post.since, since.get(held, post.since))
    units, roles = [unit for unit, _ in since], [role for _, role in since]
    return [by.id, units, roles, list(since.values())]
