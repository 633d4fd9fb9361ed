"""Offices of departments, each with a place, phone and hours of its own.

They stand in `department_offices.yaml`. Whether their units and items are there is checked apart,
since other files have those.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field

from backend.appointments.plan.plans import (
    Days,
    Desks,
    Hours,
    Minutes,
    Name,
    Phone,
    Timed,
    check_hours,
)
from config import sources
from config.sources import (
    BadRow,
    Entries,
    Find,
    Row,
    Rows,
    built_in,
    line_of,
    read_yaml,
    shown,
    take,
)
from config.texts import ONE_LINE, UNLIKE

FILE = "department_offices.yaml"
_UNIT_DIGITS = 9


class Kind(Timed):
    """What the offices of one kind have in common.

    `items` are the codes of what they serve: without them, all of the department's that are served
    at its offices.
    """

    department: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    items: Annotated[list[str], Field(min_length=1), UNLIKE] | None = None


class OfficeRow(Row):
    """One office; times and desks are those of its kind where it has none of its own.

    Its code begins with that of its unit: 210102-MZ-01 is one of the department 210102-MZ.
    """

    code: Annotated[str, Field(pattern=r"^[0-9]{6}-[A-Z]{2}-[0-9]{2}$")]
    kind: str
    name: Name
    address: Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
    phone: Phone
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lng: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    desks: Desks | None = None
    slot_minutes: Minutes | None = None
    days: Days | None = None
    hours: Hours | None = None


@dataclass(frozen=True)
class OwnOffice:
    """An office with what its kind adds, and where its row stands."""

    row: OfficeRow
    kind: Kind
    at: BadRow

    @property
    def unit(self) -> str:
        """The code of the department's unit that runs it."""
        return self.row.code[:_UNIT_DIGITS]

    def planned(self) -> dict[str, Any]:
        """What the plan's statements take of it."""
        own = self.row.model_dump(exclude={"kind"}, exclude_none=True)
        common = self.kind.model_dump(include=set(Timed.model_fields) | {"items"})
        return {**common, **own, "unit": self.unit}


@dataclass(frozen=True)
class Found:
    """The good offices, the kinds with where they stand; `ours` if the file is Yikou's."""

    offices: list[OwnOffice]
    kinds: dict[str, tuple[Kind, BadRow]]
    ours: bool


def read(bad: list[BadRow], find: Find = sources.find) -> Found:
    """Parse and check the file by itself; never stops at a bad row."""
    path = find(FILE)
    file = read_yaml(path, bad)
    at = BadRow(shown(path), "", "", line_of(file))
    for key in file.keys() - {"kinds", "offices"}:
        reason = "不认识的字段 / there is no such key"
        bad.append(replace(at, row=str(key), reason=reason, line=line_of(file, [key])))
    kinds = _kinds(_part(file, "kinds", Rows, at=at, bad=bad), at, bad)
    offices = _offices(_part(file, "offices", Entries, at=at, bad=bad), kinds, at, bad)
    sound = {name: (kind, place) for name, (kind, place) in kinds.items() if kind}
    return Found(offices, sound, built_in(path))


def _part(file: Any, name: str, shape: type, *, at: BadRow, bad: list[BadRow]) -> Any:
    content = file.get(name)
    if isinstance(content, shape):
        return content
    if content is not None or file:
        said = "应为列表 / must be a list"
        if shape is Rows:
            said = "应为“名称: 值” / must map names to values"
        bad.append(replace(at, row=name, reason=said, line=line_of(file, [name]) or at.line))
    return shape()


def _kinds(rows: Rows, at: BadRow, bad: list[BadRow]) -> dict[str, tuple[Kind | None, BadRow]]:
    """Each kind by its name; None for one at fault, for which its offices are not blamed."""
    found: dict[str, tuple[Kind | None, BadRow]] = {}
    for name, content in rows.items():
        place = replace(at, row=str(name), line=line_of(rows, [name]))
        found[str(name)] = take(Kind, content, at=place, bad=bad), place
    return found


def _offices(
    rows: Entries,
    kinds: dict[str, tuple[Kind | None, BadRow]],
    at: BadRow,
    bad: list[BadRow],
) -> list[OwnOffice]:
    found: dict[str, OwnOffice] = {}
    for number, content in enumerate(rows):
        named = content.get("code") if isinstance(content, dict) else None
        place = replace(at, row=str(named or f"office {number + 1}"), line=line_of(rows, [number]))
        row = take(OfficeRow, content, at=place, bad=bad)
        if row is None:
            continue
        kind, _ = kinds.get(row.kind, (None, at))
        if row.kind not in kinds:
            bad.append(replace(place, reason=f"kind: 没有这一类 / unknown: {row.kind}"))
        elif row.code in found:
            bad.append(replace(place, reason=f"code: {row.code} 重复 / is given twice"))
        elif kind and (reason := _fault(row, kind)):
            bad.append(replace(place, reason=reason))
        elif kind:
            found[row.code] = OwnOffice(row, kind, place)
    return list(found.values())


def _fault(row: OfficeRow, kind: Kind) -> str:
    """What is wrong with a row of this kind, or nothing."""
    if row.code.split("-")[1] != kind.department:
        return f"code: 不属于部门 / does not belong to department {kind.department}"
    try:
        check_hours(row.hours or kind.hours, row.slot_minutes or kind.slot_minutes)
    except ValueError as error:
        return str(error)
    return ""
