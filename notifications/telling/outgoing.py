"""A message on its way into the outbox: what somebody is told, and how its row is written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config import encoding
from models import DropReason, Importance
from notifications.telling.recipients import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A message as one of WeChat's templates says it; it goes to residents only.

    It leaves `reserve` credits of the template for what matters more.
    """

    template: str
    page: str
    data: dict[str, str]
    reserve: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What somebody is told of a change: the inbox line, and its copy over WeChat if any.

    `at` is when it changed; `by_staff_id` is who of the staff made it, and is not told. `wording`
    is the version of the words. A resident who gets no copy is told nowhere else for the reason
    `dropped`. A copy is held back until `held_until`, and those that wait of what it `ends`, of the
    same case or appointment, are dropped.
    """

    to: Recipient
    at: datetime
    kind: str
    importance: Importance
    wording: str
    title: str
    body: str
    case_id: UUID | None = None
    appointment_id: UUID | None = None
    by_staff_id: UUID | None = None
    copy: Copy | None = None
    dropped: DropReason | None = None
    held_until: datetime | None = None
    ends: frozenset[Importance] = frozenset()


def payload(*outgoing: Outgoing) -> str:
    """Write the messages as the JSON text that `message_rows` takes."""
    return encoding.dumps([_values(each) for each in outgoing]).decode()


def _values(outgoing: Outgoing) -> dict[str, Any]:
    values: dict[str, Any] = {
        **outgoing.to.columns,
        "by_staff_id": outgoing.by_staff_id,
        "at": outgoing.at,
        "kind": outgoing.kind,
        "importance": outgoing.importance,
        "wording": outgoing.wording,
        "title": outgoing.title,
        "body": outgoing.body,
        "case_id": outgoing.case_id,
        "appointment_id": outgoing.appointment_id,
        "held_until": outgoing.held_until,
        "ends": sorted(outgoing.ends),
    }
    if copy := outgoing.copy:
        values |= {
            "template": copy.template,
            "page": copy.page,
            "data": copy.data,
            "reserve": copy.reserve,
        }
    elif outgoing.dropped:
        values |= {"template": "", "page": "", "data": {}, "reserve": 0, "reason": outgoing.dropped}
    return values
