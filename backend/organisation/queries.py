"""Units by code, kept whole in each process: a few thousand rows that change with a load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from backend.organisation import statements
from backend.refusals import CommunityUnknown
from config.database import connection
from models import UnitLevel

_CITY = "city"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A node of the organisation; `path` holds the codes from the city down, joined by '/'."""

    code: str
    name: str
    level: UnitLevel
    parent_code: str | None
    department_code: str | None
    path: str
    lat: float | None
    lng: float | None
    valid_from: date | None
    valid_to: date | None


class NoSuchUnit(LookupError):
    """No row has this code (any more): a fault of the data files."""


class Step(Protocol):
    """What finding a step's unit needs of a route's step."""

    @property
    def level(self) -> str:
        """One of community, street, department."""

    @property
    def of(self) -> str:
        """Of a department: district or city."""

    @property
    def department(self) -> str | None:
        """A department's code where it is not the item's own."""


class Routed(Protocol):
    """What finding an item's department needs of an item's version."""

    @property
    def department_code(self) -> str:
        """The department's code without a district: MZ."""

    @property
    def decided_by_city(self) -> bool:
        """Whether the city's department decides, not the district's."""


@dataclass
class _Read:
    """What was read of the table: PostgreSQL's hash of it, or None before."""

    state: str | None = None


_units: dict[str, Unit] = {}
_read = _Read()


async def load() -> None:
    """Read all units anew; a process calls it before it serves, and after a load."""
    await _load(await _state())


async def renew() -> None:
    """Read all units anew if any has changed since; else it costs us one short answer."""
    state = await _state()
    if state != _read.state:
        await _load(state)


async def _state() -> str | None:
    rows = await connection().execute_query_dict(statements.STATE)
    return None if rows[0]["state"] is None else str(rows[0]["state"])


async def _load(state: str | None) -> None:
    """Read what has this state, or a later one: then the next renewal reads once more."""
    rows = await connection().execute_query_dict(statements.UNITS)
    fresh = {row["code"]: _unit(row) for row in rows}
    _units.clear()
    _units.update(fresh)
    _read.state = state


def valid(*, on: date) -> list[Unit]:
    """Every unit that there is on this day."""
    return [unit for unit in _units.values() if is_valid(unit, on=on)]


def within(paths: Sequence[str]) -> list[str]:
    """The codes of the units at these paths and below, dissolved ones too."""
    tops = tuple(f"{path}/" for path in paths)
    return [code for code, unit in _units.items() if f"{unit.path}/".startswith(tops)]


def is_valid(found: Unit, *, on: date) -> bool:
    """Whether there is such a unit on this day: not yet dissolved, and begun."""
    begun = found.valid_from is None or found.valid_from <= on
    return begun and (found.valid_to is None or on <= found.valid_to)


def unit(code: str) -> Unit:
    """The unit; NoSuchUnit."""
    found = _units.get(code)
    if found is None:
        raise NoSuchUnit(code)
    return found


def known_or_not(code: str) -> Unit:
    """The unit, or for a code that no row has (any more) one whose name says so, for lists."""
    return _units.get(code) or Unit(
        code=code,
        name=f"已不在册的单位（{code}）",
        level=_level_of(code),
        parent_code=None,
        department_code=None,
        path=code,
        lat=None,
        lng=None,
        valid_from=None,
        valid_to=None,
    )


def community(code: str, *, on: date) -> Unit:
    """The community, if it is one on this day; CommunityUnknown for anything else."""
    found = _units.get(code)
    if found is None or found.level is not UnitLevel.COMMUNITY or not is_valid(found, on=on):
        raise CommunityUnknown(field="community_code")
    return found


def chain(community_code: str) -> tuple[Unit, Unit, Unit]:
    """The community with its street and its district; NoSuchUnit."""
    lowest = unit(community_code)
    street = unit(lowest.parent_code or "")
    return lowest, street, unit(street.parent_code or "")


def department_unit(item: Routed, community_code: str) -> Unit:
    """The department that answers for the item where the community lies."""
    return _department(item.department_code, community_code, city=item.decided_by_city)


def step_unit(step: Step, community_code: str, department_code: str) -> Unit:
    """The unit that takes this step of a route for a resident of this community; NoSuchUnit."""
    lowest, street, _ = chain(community_code)
    if step.level == UnitLevel.COMMUNITY:
        return lowest
    if step.level == UnitLevel.STREET:
        return street
    code = step.department or department_code
    return _department(code, community_code, city=step.of == _CITY)


def _department(code: str, community_code: str, *, city: bool) -> Unit:
    district = chain(community_code)[2]
    found = None if city else _units.get(f"{district.code[:6]}-{code}")
    # A department that only the city has serves all districts.
    return found or unit(f"{(district.parent_code or '')[:6]}-{code}")


def _level_of(code: str) -> UnitLevel:
    """The level that a code's form tells: GB/T 2260 and 10114 fill up with zeros from the right."""
    if "-" in code:
        return UnitLevel.DEPARTMENT
    zeros = {8: UnitLevel.CITY, 6: UnitLevel.DISTRICT, 3: UnitLevel.STREET}
    found = (level for number, level in zeros.items() if code.endswith("0" * number))
    return next(found, UnitLevel.COMMUNITY)


def _unit(row: Mapping[str, object]) -> Unit:
    return Unit(
        code=str(row["code"]),
        name=str(row["name"]),
        level=UnitLevel(str(row["level"])),
        parent_code=_text(row["parent_id"]),
        department_code=_text(row["department_id"]),
        path=str(row["path"]),
        lat=_number(row["lat"]),
        lng=_number(row["lng"]),
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
