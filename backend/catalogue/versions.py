"""A version of an item as the process keeps it: frozen, with its form's compiled validator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson

from backend.catalogue import conditions, formats, order
from backend.catalogue.categories import Category
from backend.catalogue.shapes import CaseType, Guide, ItemMaterial, Level, SectionView
from models import Assurance, Flow, Role, UnitLevel, VersionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStep:
    """One step: `level` community, street or department, the last `of` the district or the city.

    `department` is another than the item's own, if the step is that one's.
    """

    no: int
    level: UnitLevel
    of: Level
    name: str
    role: Role
    days: int
    decides: bool
    department: str | None = None
    joint_departments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemVersion:
    """What one version of an item says; `form` is its JSON Schema, `materials` its papers.

    `layout` is empty for versions published before there was one. `offices_at` are the levels of
    the units at whose offices it is served; at a department, only its own is meant.
    """

    id: UUID
    code: str
    version: int
    status: VersionStatus
    published_at: datetime | None
    name: str
    department_code: str
    department_name: str
    type: str
    type_code: str
    case_type: CaseType
    flow: Flow
    places: int | None
    min_assurance: Assurance
    appointment: bool
    notice_days: int
    notice_unit: str
    statutory_days: int | None
    statutory_unit: str | None
    promised_days: int
    promised_unit: str
    supplement_days: int
    guide: Guide
    materials: tuple[ItemMaterial, ...]
    form: dict[str, Any]
    layout: tuple[SectionView, ...]
    object_fields: tuple[str, ...]
    route: tuple[RouteStep, ...]
    offices_at: tuple[UnitLevel, ...]

    @property
    def decided_by_city(self) -> bool:
        """Whether the city's department answers for the item, not the district's."""
        return self.route[-1].of == "city"

    @cached_property
    def papers(self) -> dict[str, tuple[int, str]]:
        """Place in the list and name of each paper, by its code."""
        return {
            material["code"]: (place, material["name"])
            for place, material in enumerate(self.materials)
        }

    @cached_property
    def demands(self) -> tuple[conditions.Demand, ...]:
        """The conditions that a rule can tell, ready to be asked."""
        return conditions.demands(self.guide["conditions"], self.form)

    @cached_property
    def validator(self) -> formats.Validator:
        """The form's validator, compiled at first use."""
        return formats.compiled(self.form)


def from_row(row: Mapping[str, Any]) -> ItemVersion:
    """The version of a row with `statements.COLUMNS`."""
    steps = orjson.loads(row["route"])
    layout = orjson.loads(row["layout"])
    guide = orjson.loads(row["guide"])
    return ItemVersion(
        id=row["id"],
        code=row["item_id"],
        version=row["version"],
        status=VersionStatus(row["status"]),
        published_at=row["published_at"],
        name=row["name"],
        department_code=row["department_code"],
        department_name=row["department_name"],
        type=row["type"],
        type_code=row["type_code"],
        case_type=row["case_type"],
        flow=Flow(row["flow"]),
        places=row["places"],
        min_assurance=Assurance(row["min_assurance"]),
        appointment=row["appointment"],
        notice_days=row["notice_days"],
        notice_unit=row["notice_unit"],
        statutory_days=row["statutory_days"],
        statutory_unit=row["statutory_unit"],
        promised_days=row["promised_days"],
        promised_unit=row["promised_unit"],
        supplement_days=row["supplement_days"],
        # Versions published before there were English names have none.
        guide={"name_en": None} | guide | {"category": Category(guide["category"])},
        materials=tuple(orjson.loads(row["materials"])),
        form=order.ordered(orjson.loads(row["form"]), layout),
        layout=tuple(layout),
        object_fields=tuple(orjson.loads(row["object_fields"])),
        route=tuple(_step(step) for step in steps),
        offices_at=tuple(
            UnitLevel(level)
            for level in orjson.loads(row["offices_at"] or "null") or _levels_of(steps)
        ),
    )


def _levels_of(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where a version was served that was published before any said so: where its steps are taken.

    A hall of the district or the city stood for its departments.
    """
    departments = any(step["level"] == UnitLevel.DEPARTMENT for step in steps)
    return [*{step["of"]: None for step in steps}] + [UnitLevel.DEPARTMENT] * departments


def _step(step: Mapping[str, Any]) -> RouteStep:
    return RouteStep(
        no=step["no"],
        level=UnitLevel(step["level"]),
        of=step["of"],
        name=step["name"],
        role=Role(step["role"]),
        days=step["days"],
        decides=step["decides"],
        department=step.get("department"),
        joint_departments=tuple(step.get("joint_departments", ())),
    )
