"""Which templates to ask a resident for at a tap, and why: what lies ahead, less what is there."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from backend.cases.record import outlooks
from backend.cases.rules import outlook
from backend.cases.rules.outlook import Ahead, Outlook, State
from backend.catalogue import queries as catalogue
from backend.catalogue.queries import ItemVersion
from backend.messages import statements
from config.database import connection
from models import CaseStatus, Flow, Importance
from notifications.channels.wechat import credit
from notifications.channels.wechat.templates import Consent, Template, templates

ASKED_MAX = 3
"""Every version of wx.requestSubscribeMessage takes as many; none takes both kinds of consent."""

USUAL_STEPS = 3
"""Of an application for no item in particular."""

RARE = 0.02
"""What matters and is likelier than this is asked for: it costs the resident no tap more."""

BOOKED: Outlook = {"appointment": Ahead(act=2.0)}
"""What a booking brings besides what its booker does: two reminders, or that it is cancelled."""

FOLLOWED: Outlook = {"case_progress": Ahead(info=2.0)}
"""What each family member brings of whom the account is told: what they must do, and results."""

_WHY = {
    Importance.ACT: "需要您处理时，及时通知您",
    Importance.RESULT: "有办理结果时，及时通知您",
    Importance.INFO: "有办理进展时，通知您",
}
_WHY_OF = {"appointment": "预约临近或有变化时，及时通知您"}


class Purpose(StrEnum):
    """What the resident is doing: each is a tap, at which WeChat lets us ask."""

    SUBMIT = "submit"
    BOOK = "book"
    SUPPLEMENT = "supplement"
    VIEW = "view"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Planned:
    """A template of use now: how many of its messages to expect, and how many we could send.

    `importance` is of the most that they tell, and `why` says so to the resident.
    """

    template: Template
    expected_messages: int
    balance: int
    ask: bool
    importance: Importance
    why: str


async def plan(resident_id: UUID, purpose: Purpose, *, item: str | None) -> list[Planned]:
    """What to hand to wx.requestSubscribeMessage at this tap: those with `ask`.

    Raises ItemNotFound.
    """
    new = await _of_new(purpose, await catalogue.one(item) if item else None)
    cases = [each for _, each in await outlooks.of_account(resident_id)]
    rows = await connection().execute_query_dict(statements.FAMILY_FOLLOWING, [resident_id])
    return asked(
        outlook.total([*cases, new, *[FOLLOWED] * rows[0]["found"]]),
        await credit.balances(resident_id),
        # Whoever opens the app has not come for this: they are asked when a result would be missed.
        vital_only=purpose is Purpose.OPEN,
    )


def asked(
    ahead: Outlook, balances: Mapping[str, int], *, vital_only: bool = False
) -> list[Planned]:
    """The templates that are of use, those first whose missing messages matter most."""
    useful = [
        _planned(templates()[name], each, balances.get(name, 0), vital_only=vital_only)
        for name, each in ahead.items()
        if name in templates() and _count(each, each.all)
    ]
    useful.sort(key=lambda each: _missing(ahead[each.template.name], each.balance), reverse=True)
    wanting = [each.template for each in useful if each.ask]
    kept = [each for each in wanting if each.consent is wanting[0].consent][:ASKED_MAX]
    return [_asking(each, ask=each.template in kept) for each in useful]


def _asking(planned: Planned, *, ask: bool) -> Planned:
    return planned if planned.ask == ask else replace(planned, ask=ask)


def _planned(template: Template, ahead: Ahead, balance: int, *, vital_only: bool) -> Planned:
    expected = _count(ahead, ahead.important if vital_only else ahead.all)
    # One yes is good for all of a long-term template's messages.
    needed = min(expected, 1) if template.consent is Consent.LONG_TERM else expected
    importance = next((each for each in _WHY if getattr(ahead, each) >= RARE), Importance.INFO)
    return Planned(
        template=template,
        expected_messages=expected,
        balance=balance,
        ask=balance < needed,
        importance=importance,
        why=_WHY_OF.get(template.name, _WHY[importance]),
    )


def _missing(ahead: Ahead, balance: int) -> tuple[float, float]:
    """How much would be missed: first of what matters, then of all."""
    return max(ahead.important - balance, 0.0), max(ahead.all - balance, 0.0)


def _count(ahead: Ahead, messages: float) -> int:
    """In whole messages; what is hardly likely counts only where it matters."""
    least = int(ahead.important >= RARE)
    return max(least, math.ceil(messages - outlook.SLACK))


async def _of_new(purpose: Purpose, item: ItemVersion | None) -> Outlook:
    """What that brings which is being done now."""
    if purpose is Purpose.BOOK or (item and item.flow is Flow.BOOKING):
        return BOOKED
    if purpose is not Purpose.SUBMIT:
        return {}
    if item is None:
        return outlook.guess(Flow.APPROVAL, USUAL_STEPS, State(CaseStatus.SUBMITTED))
    return await outlooks.of_new(item)
