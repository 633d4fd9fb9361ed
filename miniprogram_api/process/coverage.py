"""Whether the offices of the files fit the city's units and items, and each item has an office.

Of the file that comes with Yikou only what fits a city is opened there: a city that has units and
items of its own and no offices of departments is not blamed for ours.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from backend.appointments.plan import own_offices, plans
from backend.appointments.plan.own_offices import Found, OwnOffice
from backend.catalogue.loading.contents import ItemContent
from backend.organisation.contents import UnitContent
from config import sources
from config.sources import BadRow, Find, shown
from models import UnitLevel

NOWHERE = "可以预约，但没有网点办理 / can be booked, but no office serves it"
MARGIN = 0.25
"""Degrees that an office may lie outside of all communities: about 25 km."""


@dataclass(frozen=True)
class City:
    """The units by code and the items of the files; None where a fault leaves them incomplete."""

    units: Mapping[str, UnitContent] | None
    items: Collection[ItemContent] | None


def check(city: City, find: Find = sources.find) -> Iterator[BadRow]:
    """Every bad row of both files of offices, and what in them does not fit the city."""
    bad: list[BadRow] = []
    levels, own = plans.read(bad, find), own_offices.read(bad, find)
    yield from bad
    if not own.ours:
        yield from strange(own, city)
    if not bad and city.units is not None and city.items is not None:
        there = {unit.level for unit in city.units.values()} & levels.keys()
        there.discard(UnitLevel.DEPARTMENT)
        offices = [office for office in own.offices if office.unit in city.units]
        at = BadRow(shown(find(own_offices.FILE)), "", "")
        yield from (
            replace(at, row=item.code, reason=NOWHERE)
            for item in city.items
            if item.fields["appointment"]
            and not there.intersection(item.fields["offices_at"])
            and not any(serves(office, item) for office in offices)
        )


def strange(own: Found, city: City) -> Iterator[BadRow]:
    """What the file of departments' offices says of units and items that are not so."""
    if city.units is not None:
        yield from _places(own.offices, city.units)
    if city.items is not None:
        yield from _services(own, city.items)


def serves(office: OwnOffice, item: ItemContent) -> bool:
    """Whether the office will serve the item, as `services` has it of those that are open."""
    return (
        UnitLevel.DEPARTMENT in item.fields["offices_at"]
        and office.kind.department == item.department
        and (office.kind.items is None or item.code in office.kind.items)
    )


def _places(offices: list[OwnOffice], units: Mapping[str, UnitContent]) -> Iterator[BadRow]:
    lost = [office for office in offices if office.unit not in units]
    for office in lost[:1]:
        chinese = f"，另有 {len(lost) - 1} 行同此" if lost[1:] else ""
        english = f", nor for {len(lost) - 1} more rows" if lost[1:] else ""
        said = f"code: 没有单位 {office.unit}{chinese} / there is no unit {office.unit}{english}"
        yield replace(office.at, reason=said)
    for name in ("lat", "lng"):
        known = [seat for unit in units.values() if (seat := getattr(unit, name)) is not None]
        for office in offices:
            value: float = getattr(office.row, name)
            if known and not min(known) - MARGIN <= value <= max(known) + MARGIN:
                reason = f"{name}: 不在本市范围内 / {value} lies outside of the city"
                yield replace(office.at, reason=reason)


def _services(own: Found, items: Collection[ItemContent]) -> Iterator[BadRow]:
    known = {item.code: item for item in items}
    for kind, at in own.kinds.values():
        for code in kind.items or ():
            if reason := _fault(code, known.get(code), kind.department):
                yield replace(at, reason=reason)


def _fault(code: str, item: ItemContent | None, department: str) -> str:
    if item is None:
        return f"items: 没有事项 {code} / {code} is no item"
    if item.department != department:
        return f"items: {code} 不是部门 {department} 的事项 / is not of department {department}"
    if UnitLevel.DEPARTMENT not in item.fields["offices_at"]:
        return f"items: {code} 的 offices_at 不含“部门” / is not served at its department's offices"
    return ""
