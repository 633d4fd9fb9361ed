"""The lifecycle of an appointment as a table: who may do what, from which status, to which."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from models import AppointmentStatus

S = AppointmentStatus


class Action(StrEnum):
    """The verbs of the lifecycle: URL, audit and message kind at once."""

    BOOK = "book"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    CLOSE = "close"


HoldersAction = Literal[Action.CANCEL, Action.RESCHEDULE]
HOLDERS: tuple[HoldersAction, ...] = (Action.CANCEL, Action.RESCHEDULE)
"""What the table lets a resident do about an appointment of theirs."""


class By(StrEnum):
    """Who may: the resident whose appointment it is, or who runs the office and closes it."""

    HOLDER = "holder"
    OFFICE = "office"


@dataclass(frozen=True)
class Move:
    """One allowed change; each of them only until the slot begins."""

    by: By
    after: AppointmentStatus


BOOKED = Move(By.HOLDER, S.BOOKED)
"""Where an appointment begins."""

MOVES: dict[AppointmentStatus, dict[Action, Move]] = {
    S.BOOKED: {
        Action.CANCEL: Move(By.HOLDER, S.CANCELLED),
        Action.RESCHEDULE: Move(By.HOLDER, S.BOOKED),
        Action.CLOSE: Move(By.OFFICE, S.CANCELLED),
    },
    S.CHECKED_IN: {},
    S.CALLED: {},
    S.SERVED: {},
    S.CANCELLED: {},
    S.NO_SHOW: {},
}

SEATED = frozenset({S.BOOKED, S.CHECKED_IN, S.CALLED, S.SERVED, S.NO_SHOW})
"""What takes a seat of its slot; who was served or did not come had one, which nobody else gets."""
AHEAD = (S.BOOKED, S.CHECKED_IN, S.CALLED)
"""What is still to come: counted against what one person may hold, once an item and day."""
OVER = (S.SERVED, S.CANCELLED, S.NO_SHOW)
"""What is not."""


def move(status: AppointmentStatus, action: Action, *, by: By) -> Move | None:
    """The move that `action` by them makes from `status`, or None."""
    found = MOVES[status].get(action)
    return found if found and found.by is by else None


def sources(action: Action) -> list[AppointmentStatus]:
    """From which statuses the action leads."""
    return [status for status, moves in MOVES.items() if action in moves]


def actions(
    status: AppointmentStatus, *, starts_at: datetime, now: datetime
) -> list[HoldersAction]:
    """What the resident may still do; nothing once the slot has begun."""
    if now >= starts_at:
        return []
    return [action for action in HOLDERS if move(status, action, by=By.HOLDER)]
