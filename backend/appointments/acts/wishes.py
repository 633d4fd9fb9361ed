"""What a seat is wanted for: the item or case of a visit, and the form it asks for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.appointments.rules.refusals import FormNotAsked, ItemNotBookable, ItemNotOfCase
from backend.cases.rules.refusals import CaseNotFound
from backend.catalogue import conditions, forms
from backend.catalogue import queries as catalogue
from backend.catalogue.conditions import Facts
from backend.catalogue.queries import ItemVersion
from backend.catalogue.refusals import ItemUnknown
from backend.identity import profiles
from backend.identity.profiles import Applicant
from config.database import connection
from models import Flow


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody books a seat for: an item, a case, or neither.

    With a case it is about that case's item, which then need not be open to booking. An item of
    the flow booking takes its form, and the draft that this was begun as goes with the booking.
    """

    item_code: str | None = None
    case_id: UUID | None = None
    form: Mapping[str, Any] | None = None
    draft_id: UUID | None = None


FOR_NOTHING = Wish()
"""A visit about neither an item nor a case."""


async def item_of(wish: Wish, statement: str, whose: list[Any]) -> ItemVersion | None:
    """The item the visit is about, if any: the given one, or the case's."""
    if wish.case_id is None:
        return await _bookable(wish.item_code) if wish.item_code is not None else None
    rows = await connection().execute_query_dict(statement, [wish.case_id, *whose])
    if not rows:
        raise CaseNotFound
    if wish.item_code not in {None, rows[0]["item_id"]}:
        raise ItemNotOfCase
    return await catalogue.version(rows[0]["item_version_id"])


async def form_of(
    item: ItemVersion | None,
    form: Mapping[str, Any] | None,
    visitor: Callable[[], Awaitable[Applicant]],
    *,
    day: date,
    at_window: bool = False,
) -> dict[str, Any] | None:
    """The form with what the profile knows, fit for the day of the visit; None for other items."""
    if item is None or item.flow is not Flow.BOOKING:
        if form is not None:
            raise FormNotAsked
        return None
    applicant = await visitor()
    profiles.check_assurance(applicant, item.min_assurance, what=item.name)
    filled = forms.check(item, dict(form or {}), applicant.profile, at_window=at_window)
    home = applicant.profile["community"]
    conditions.check(item.demands, Facts(filled, day, home["code"] if home else None))
    return filled


async def _bookable(item_code: str) -> ItemVersion:
    try:
        item = await catalogue.current(item_code)
    except ItemUnknown:
        raise ItemNotBookable from None
    if not item.appointment:
        raise ItemNotBookable(f"“{item.name}”不需要预约，可直接到窗口办理")
    return item
