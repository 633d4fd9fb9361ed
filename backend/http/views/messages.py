"""A line of an inbox, which residents and staff see in one shape."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from backend.http.views.times import local
from backend.messages.queries import Message
from models import Channel, DeliveryStatus, DropReason, Importance
from notifications.telling.funnel import FLOWS, TABLE


def _kinds(*, residents: bool | None = None) -> WithJsonSchema:
    kinds = {
        f"{'case' if subject in FLOWS else subject}.{action}": None
        for subject, rows in TABLE.items()
        for action, row in sorted(rows.items())
        if residents in {None, row.to.resident}
    }
    return WithJsonSchema({"type": "string", "enum": [*kinds]})


Kind = Annotated[str, _kinds(residents=True)]
StaffKind = Annotated[str, _kinds(residents=False)]
AnyKind = Annotated[str, _kinds()]


class DeliveryView(TypedDict):
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


class InboxLine(TypedDict):
    """What a message says; `read_at` is when whoever asks has read it."""

    id: UUID
    title: str
    body: str
    importance: Importance | None
    at: datetime
    read_at: datetime | None
    case_id: UUID | None
    appointment_id: UUID | None
    deliveries: list[DeliveryView]


class MessageView(InboxLine):
    """A line of a resident's inbox."""

    kind: Kind


class StaffMessageView(InboxLine):
    """A line of the inbox of a member of staff."""

    kind: StaffKind


def message_view(message: Message) -> MessageView:
    """A message as the resident sees it."""
    return {"kind": message.kind, **_line(message)}


def staff_message_view(message: Message) -> StaffMessageView:
    """A message as a member of staff sees it."""
    return {"kind": message.kind, **_line(message)}


def _line(message: Message) -> InboxLine:
    return {
        "id": message.id,
        "title": message.title,
        "body": message.body,
        "importance": message.importance,
        "at": local(message.created_at),
        "read_at": local(message.read_at),
        "case_id": message.case_id,
        "appointment_id": message.appointment_id,
        "deliveries": [
            {
                "channel": each.channel,
                "status": each.status,
                "reason": each.reason,
                "at": local(each.at),
                "held_until": local(each.held_until),
                "merged_into": each.merged_into,
            }
            for each in message.deliveries
        ],
    }
