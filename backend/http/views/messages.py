"""A line of an inbox, which residents and staff see in one shape."""

from datetime import datetime
from uuid import UUID

from typing_extensions import TypedDict

from backend.http.views.times import local
from backend.messages.queries import Kind, Message, StaffKind
from models import Channel, DeliveryStatus


class DeliveryView(TypedDict):
    """A copy on another channel; `at` is when it was handed over, or else written."""

    channel: Channel
    status: DeliveryStatus
    at: datetime


class InboxLine(TypedDict):
    """What a message says; `read_at` is when whoever asks has read it."""

    id: UUID
    title: str
    body: str
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


def message_view(message: Message[Kind]) -> MessageView:
    """A message as the resident sees it."""
    return {"kind": message.kind, **_line(message)}


def staff_message_view(message: Message[StaffKind]) -> StaffMessageView:
    """A message as a member of staff sees it."""
    return {"kind": message.kind, **_line(message)}


def _line(message: Message[Kind] | Message[StaffKind]) -> InboxLine:
    return {
        "id": message.id,
        "title": message.title,
        "body": message.body,
        "at": local(message.created_at),
        "read_at": local(message.read_at),
        "case_id": message.case_id,
        "appointment_id": message.appointment_id,
        "deliveries": [
            {"channel": each.channel, "status": each.status, "at": local(each.at)}
            for each in message.deliveries
        ],
    }
