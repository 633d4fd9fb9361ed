"""The units of an administrator's subtree: who administers each, how many posts it has.

They come from the city's data files, which the next load would put back: nobody changes them here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.administration import members, rights, statements
from backend.catalogue import queries as catalogue
from backend.catalogue.queries import ItemVersion
from backend.identity import staff
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from backend.organisation.queries import Unit
from config.clock import city_day
from config.database import connection
from models import Role, UnitLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """An administrator of a unit."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedUnit:
    """A unit with its administrators, and how many posts of each role are held there today."""

    unit: Unit
    heads: tuple[Head, ...]
    posts: dict[Role, int]


async def page(
    by: StaffActor, *, parent: str | None, after: str | None, limit: int, now: datetime
) -> list[ManagedUnit]:
    """The units of the subtree by code, or those right below one; UnitNotFound for it."""
    above = None if parent is None else members.unit_of(by, parent, on=city_day(now)).code
    found = [
        unit
        for unit in subtree(by, now=now)
        if (above is None or unit.parent_code == above) and (after is None or unit.code > after)
    ]
    return await _counted(found[:limit], now)


def subtree(by: StaffActor, *, now: datetime) -> list[Unit]:
    """All units that there are today in the administrator's subtree, by code."""
    paths = rights.administering(by.posts)
    there = organisation.valid(on=city_day(now))
    return sorted(
        (unit for unit in there if rights.within(unit.path, paths)), key=lambda unit: unit.code
    )


async def items(by: StaffActor, *, after: str | None, now: datetime) -> list[ItemVersion]:
    """The published items that a unit of the subtree takes part in, by code, after this one."""
    units = subtree(by, now=now)
    levels = {unit.level for unit in units}
    departments = {unit.department_code for unit in units if unit.department_code}
    published = (await catalogue.published()).values()
    found = [item for item in published if _takes_part(item, levels, departments)]
    return sorted(
        (item for item in found if after is None or item.code > after), key=lambda item: item.code
    )


def _takes_part(item: ItemVersion, levels: set[UnitLevel], departments: set[str]) -> bool:
    return any(
        (step.department or item.department_code) in departments
        if step.level is UnitLevel.DEPARTMENT
        else step.level in levels
        for step in item.route
    )


async def _counted(units: Sequence[Unit], now: datetime) -> list[ManagedUnit]:
    given = [[unit.code for unit in units], city_day(now)]
    counted = await connection().execute_query_dict(statements.POSTS_OF_UNITS, given)
    heads = await connection().execute_query_dict(statements.HEADS_OF_UNITS, given)
    return [
        ManagedUnit(
            unit=unit,
            heads=tuple(
                Head(id=row["id"], name=staff.unsealed_name(row["id"], row["name_sealed"]))
                for row in heads
                if row["unit_id"] == unit.code
            ),
            posts={
                Role(row["role"]): row["posts"] for row in counted if row["unit_id"] == unit.code
            },
        )
        for unit in units
    ]
