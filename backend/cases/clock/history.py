"""When a case is due: a pure function of what happened, its item version and the calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.cases.clock.limits import Limited, both_due, notice_due
from backend.cases.rules.lifecycle import ACCEPTED, Action
from models import CaseStatus

HANDED_IN = frozenset({Action.SUBMIT, Action.SUPPLEMENT})


class Happened(Protocol):
    """What the clock reads of an event."""

    @property
    def at(self) -> datetime:
        """When it happened."""

    @property
    def action(self) -> str:
        """What was done."""

    @property
    def after(self) -> str:
        """The status that followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The ends of the three limits; those of the two of the whole case from its acceptance."""

    notice_due_at: datetime
    promised_due_at: datetime | None
    statutory_due_at: datetime | None


def clocks(events: Iterable[Happened], item: Limited) -> Clocks:
    """The limits after these events, of which the first is the application.

    The limit of the notice starts anew when papers come in before acceptance.
    """
    known = tuple(events)
    accepted_at = next((event.at for event in known if event.after in ACCEPTED), None)
    return ending(complete_at=handed_in(known), accepted_at=accepted_at, item=item)


def handed_in(events: Iterable[Happened]) -> datetime:
    """When papers last came in before acceptance, from which the limit of the notice runs."""
    complete_at = None
    for event in events:
        if event.action in HANDED_IN and event.after == CaseStatus.SUBMITTED:
            complete_at = event.at
    if complete_at is None:
        raise ValueError("no application")
    return complete_at


def ending(*, complete_at: datetime, accepted_at: datetime | None, item: Limited) -> Clocks:
    """The limits of a case whose papers came in, and that was accepted, at these moments."""
    promised, statutory = both_due(item, accepted_at) if accepted_at else (None, None)
    return Clocks(
        notice_due_at=notice_due(item, complete_at),
        promised_due_at=promised,
        statutory_due_at=statutory,
    )
