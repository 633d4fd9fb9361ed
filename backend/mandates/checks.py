"""What may be given by a mandate: which items, to which unit, until when, and how many."""

from datetime import date, datetime
from uuid import UUID

from backend.catalogue import queries as catalogue
from backend.catalogue.refusals import ItemUnknown
from backend.identity import id_number as id_numbers
from backend.mandates import statements
from backend.mandates.refusals import (
    MandateAgentUnderage,
    MandateItemUnknown,
    MandateUnitUnknown,
    MandateUntilInvalid,
    TooManyMandates,
)
from backend.organisation import queries as organisation
from config.clock import city_day
from config.database import connection

OF_AGE = 18
"""Full years: until then somebody has a guardian, and acts for nobody (民法典 17, 18)."""
MOST = 20
"""So many of a principal's may hold or wait at a time."""


async def check_items(items: list[str] | None) -> None:
    """MandateItemUnknown names the items that there are not; None is all."""
    unknown = [place for place, code in enumerate(items or []) if not await _is_item(code)]
    if unknown:
        raise MandateItemUnknown(unknown)


def check_unit(code: str | None, *, today: date) -> None:
    """MandateUnitUnknown for a unit that there is not today; None is none."""
    if code is not None and code not in {unit.code for unit in organisation.valid(on=today)}:
        raise MandateUnitUnknown


def check_until(until: date, *, today: date) -> None:
    """MandateUntilInvalid for a day that is over, or more than a year from now."""
    if not today <= until <= years_after(today, 1):
        raise MandateUntilInvalid


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February the day after it, where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def birthday(id_number: str | None, years: int) -> date:
    """The day on which the person of this number is so many years old."""
    born = id_numbers.birth_date(id_number or "")
    if born is None:
        raise TypeError("a person is known by a sound number")
    return years_after(born, years)


def check_agent(id_number: str | None, *, today: date) -> None:
    """MandateAgentUnderage for who is no adult: of full capacity for civil acts (民法典 18)."""
    if birthday(id_number, OF_AGE) > today:
        raise MandateAgentUnderage


async def check_room(principal_id: UUID, *, now: datetime) -> None:
    """TooManyMandates; the caller has locked the principal."""
    counted = [principal_id, city_day(now), now]
    (row,) = await connection().execute_query_dict(statements.IN_FORCE, counted)
    if row["found"] >= MOST:
        raise TooManyMandates


async def _is_item(code: str) -> bool:
    try:
        await catalogue.current(code)
    except ItemUnknown:
        return False
    return True
