"""The organisation's data files, parsed and checked whole: units of the city, and bad rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field

from config import sources
from config.sources import BadRow, Entries, Find, Row, fitting, line_of, read_yaml, shown, take
from config.tables import read_csv
from config.texts import ONE_LINE
from models import UnitLevel

FOLDER = "organisation"
Code = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
Name = Annotated[str, Field(min_length=1, max_length=64), ONE_LINE]
R = TypeVar("R", bound=BaseModel)

# Digits 7 to 9 of a division code say what kind of unit it is.
_TOWN_CODES = {
    "街道": range(1, 100),
    "镇": range(100, 200),
    "乡": range(200, 400),
    "其他": range(400, 600),
}


class DepartmentRow(Row):
    """A department; one of level district has a unit in every district and in the city."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    name: Name
    kind: Literal["government", "people_org", "institution", "party", "military"]
    level: Literal["district", "city"]


class _DistrictRow(Row):
    code: Code
    name: Name
    kind: Literal["city", "district"]


class _StreetRow(Row):
    code: Code
    name: Name
    kind: Literal["街道", "镇", "乡", "其他"]
    district_code: Code


class _CommunityRow(Row):
    code: Code
    name: Name
    street_code: Code
    lat: Annotated[float, Field(ge=-90, le=90)]
    lng: Annotated[float, Field(ge=-180, le=180)]


_ABOVE = {
    UnitLevel.DISTRICT: UnitLevel.CITY,
    UnitLevel.STREET: UnitLevel.DISTRICT,
    UnitLevel.COMMUNITY: UnitLevel.STREET,
}


@dataclass(frozen=True)
class UnitContent:
    """One unit: `path` holds the codes from the city down, joined by '/'."""

    code: str
    name: str
    level: UnitLevel
    parent: str | None
    department: str | None
    path: str
    lat: float | None = None
    lng: float | None = None


@dataclass
class Contents:
    """The departments and the units, parents before children, and the bad rows.

    `department_codes` are all that the file gives; none where one is at fault, for it may be any.
    `refused` are the levels that lack a unit for a reason which is told: so what is below may have
    no parent. `orphans` are the rows under each unit that there is not.
    """

    departments: list[DepartmentRow] = field(default_factory=list)
    department_codes: set[str] = field(default_factory=set)
    units: dict[str, UnitContent] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    refused: set[UnitLevel] = field(default_factory=set)
    orphans: dict[str, list[BadRow]] = field(default_factory=dict)


def read(find: Find = sources.find) -> Contents:
    """Parse and check all files; never stops at a bad row."""
    contents = Contents()
    _read_departments(find(f"{FOLDER}/departments.yaml"), contents)
    _read_divisions(find, contents)
    contents.bad += [_orphaned(above, rows) for above, rows in contents.orphans.items()]
    for unit in list(contents.units.values()):
        for department in _departments_of(unit, contents.departments):
            contents.units[department.code] = department
    return contents


def _read_departments(path: Path, contents: Contents) -> None:
    known: set[str] = set()
    unknown = False
    entries = read_yaml(path, contents.bad, Entries, filled=True)
    for number, content in enumerate(entries):
        at = BadRow(shown(path), f"entry {number + 1}", "", line_of(entries, [number]))
        row = take(DepartmentRow, content, at=at, bad=contents.bad)
        if row is None:
            part, sure = fitting(DepartmentRow, content)
            unknown |= "code" not in sure
            contents.department_codes |= {part.code} if "code" in sure else set()
            continue
        contents.department_codes.add(row.code)
        if row.code in known:
            contents.bad.append(replace(at, reason=f"code: {row.code} 重复 / is given twice"))
        else:
            known.add(row.code)
            contents.departments.append(row)
    if unknown:
        contents.department_codes.clear()


def _read_divisions(find: Find, contents: Contents) -> None:
    _read_districts(find(f"{FOLDER}/districts.csv"), contents)
    for row, street in _taken(
        find(f"{FOLDER}/streets.csv"), _StreetRow, contents, UnitLevel.STREET
    ):
        parent = contents.units.get(street.district_code)
        unit = _unit(street.code, street.name, UnitLevel.STREET, parent)
        if int(street.code[6:9]) in _TOWN_CODES[street.kind]:
            _add(contents, row, unit, above=street.district_code)
        else:
            reason = f"code: {street.code} 的类型不符 / is not the code of a {street.kind}"
            _refuse(contents, row, unit, reason)
    for row, community in _taken(
        find(f"{FOLDER}/communities.csv"), _CommunityRow, contents, UnitLevel.COMMUNITY
    ):
        parent = contents.units.get(community.street_code)
        unit = _unit(community.code, community.name, UnitLevel.COMMUNITY, parent)
        unit = replace(unit, lat=community.lat, lng=community.lng)
        _add(contents, row, unit, above=community.street_code)


def _read_districts(path: Path, contents: Contents) -> None:
    """The city first, wherever it stands; without it nothing would be left of any file."""
    rows = _taken(path, _DistrictRow, contents, UnitLevel.CITY, UnitLevel.DISTRICT)
    for row, city in rows:
        if city.kind == "city":
            _add(contents, row, _unit(city.code, city.name, UnitLevel.CITY, None))
    if not contents.units and UnitLevel.CITY not in contents.refused:
        reason = "缺少 kind 为 city 的一行 / has no row of the kind city"
        contents.bad.append(BadRow(shown(path), "", reason))
        contents.refused.add(UnitLevel.CITY)
    for row, district in rows:
        if district.kind == "district":
            above = district.code[:4] + "0" * 8
            parent = contents.units.get(above)
            unit = _unit(district.code, district.name, UnitLevel.DISTRICT, parent)
            _add(contents, row, unit, above=above)


def _taken(
    path: Path, model: type[R], contents: Contents, *levels: UnitLevel
) -> list[tuple[BadRow, R]]:
    """The rows that fit the model, with their places; `levels` are those that the file holds."""
    told, taken = len(contents.bad), []
    for line, content in read_csv(path, contents.bad, model.model_fields):
        at = BadRow(shown(path), content.get("code", ""), "", line)
        row = take(model, content, at=at, bad=contents.bad)
        if row is not None:
            taken.append((at, row))
    if len(contents.bad) > told:
        contents.refused.update(levels)
    return taken


def _unit(code: str, name: str, level: UnitLevel, parent: UnitContent | None) -> UnitContent:
    path = f"{parent.path}/{code}" if parent else code
    return UnitContent(code, name, level, parent.code if parent else None, None, path)


def _add(contents: Contents, row: BadRow, unit: UnitContent, *, above: str = "") -> None:
    """Take the unit; `above` is the code of the one that it says it is under."""
    significant = {UnitLevel.DISTRICT: 4, UnitLevel.STREET: 6, UnitLevel.COMMUNITY: 9}
    if unit.code in contents.units:
        _refuse(contents, row, unit, f"code: {unit.code} 重复 / is given twice")
    elif unit.level is not UnitLevel.CITY and unit.parent is None:
        if _ABOVE[unit.level] not in contents.refused:
            contents.orphans.setdefault(above, []).append(row)
        contents.refused.add(unit.level)
    elif (
        unit.parent
        and unit.code[: significant[unit.level]] != unit.parent[: significant[unit.level]]
    ):
        reason = f"code: {unit.code} 与上级不同 / does not begin like {unit.parent}"
        _refuse(contents, row, unit, reason)
    else:
        contents.units[unit.code] = unit


def _orphaned(above: str, rows: list[BadRow]) -> BadRow:
    """The first of the rows under a unit that there is not, for all of them: that is one fault."""
    first, *others = rows
    chinese = f"，另有 {len(others)} 行同此" if others else ""
    english = f", nor have {len(others)} more rows" if others else ""
    reason = f"code: {first.row} 没有上级 {above}{chinese} / has no parent {above}{english}"
    return replace(first, reason=reason)


def _refuse(contents: Contents, row: BadRow, unit: UnitContent, reason: str) -> None:
    contents.bad.append(replace(row, reason=reason))
    contents.refused.add(unit.level)


def _departments_of(unit: UnitContent, departments: list[DepartmentRow]) -> Iterator[UnitContent]:
    if unit.level not in {UnitLevel.CITY, UnitLevel.DISTRICT}:
        return
    for department in departments:
        if unit.level is UnitLevel.CITY or department.level == "district":
            code = f"{unit.code[:6]}-{department.code}"
            yield UnitContent(
                code,
                unit.name + department.name,
                UnitLevel.DEPARTMENT,
                unit.code,
                department.code,
                f"{unit.path}/{code}",
            )
