"""A line of an inbox, which residents and staff see in one shape."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from backend.cases.rules.told import TOLD
from backend.http.views.times import local
from backend.messages.queries import Message
from models import Channel, DeliveryStatus
from notifications.telling.wordings import (
    ABSENCE_ACTIONS,
    APPOINTMENT_ACTIONS,
    MANDATE_ACTIONS,
    STAFF_ACTIONS,
    TASK_ACTIONS,
)


def _kinds(**actions: Iterable[str]) -> WithJsonSchema:
    kinds = [f"{about}.{action}" for about, names in actions.items() for action in sorted(names)]
    return WithJsonSchema({"type": "string", "enum": kinds})


Kind = Annotated[
    str,
    _kinds(
        case=frozenset().union(*TOLD.values()),
        appointment=APPOINTMENT_ACTIONS,
        mandate=MANDATE_ACTIONS,
    ),
]
StaffKind = Annotated[str, _kinds(staff=STAFF_ACTIONS, tasks=TASK_ACTIONS, absence=ABSENCE_ACTIONS)]


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
        "at": local(message.created_at),
        "read_at": local(message.read_at),
        "case_id": message.case_id,
        "appointment_id": message.appointment_id,
        "deliveries": [
            {"channel": each.channel, "status": each.status, "at": local(each.at)}
            for each in message.deliveries
        ],
    }
