"""Which templates to ask a resident for at a tap: each message that lies ahead needs a credit."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from backend.catalogue import queries as catalogue
from backend.catalogue.queries import ItemVersion
from models import Flow
from notifications.channels.wechat import credit
from notifications.channels.wechat.templates import Template, templates

ASKED_MAX = 5
"""wx.requestSubscribeMessage takes no more at once, and never both kinds of consent."""

USUAL_STEPS = 3
_AROUND_THE_STEPS = {Flow.APPROVAL: 4, Flow.REQUEST: 2, Flow.ENROL: 2}
"""Told besides one message for each step. Approval: submitted, accepted, delivered, closed.
Request: submitted, confirmed. Enrolment: submitted, over."""


class Purpose(StrEnum):
    """What the resident is about to do."""

    SUBMIT = "submit"
    BOOK = "book"


@dataclass(frozen=True, slots=True)
class Planned:
    """A template of use now: how many of its messages to expect, and how many we could send."""

    template: Template
    expected_messages: int
    balance: int
    ask: bool


async def plan(resident_id: UUID, purpose: Purpose, *, item: str | None) -> list[Planned]:
    """What to hand to wx.requestSubscribeMessage at this tap: those with `ask`.

    Raises ItemNotFound.
    """
    expected = _expected(purpose, await catalogue.one(item) if item else None)
    balances = await credit.balances(resident_id)
    useful = [templates()[name] for name in expected if name in templates()]
    wanting = [each for each in useful if balances.get(each.name, 0) < expected[each.name]]
    asked = [each for each in wanting if each.consent is wanting[0].consent][:ASKED_MAX]
    return [
        Planned(each, expected[each.name], balances.get(each.name, 0), each in asked)
        for each in useful
    ]


def _expected(purpose: Purpose, item: ItemVersion | None) -> dict[str, int]:
    if purpose is Purpose.BOOK or (item and item.flow is Flow.BOOKING):
        # The booking itself, and one change of it.
        return {"appointment": 2}
    flow, steps = (item.flow, len(item.route)) if item else (Flow.APPROVAL, USUAL_STEPS)
    return {"case_progress": _AROUND_THE_STEPS[flow] + steps, "action_needed": 1}
