"""Loading the organisation's data files into the database: all or nothing, and safe to repeat."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tortoise.transactions import in_transaction

from backend.organisation import contents, removal, statements
from backend.organisation.contents import Contents, UnitContent
from config.clock import city_day
from config.database import connection
from config.sources import BadRow
from models import Department, OrgUnit

_BATCH = 500


@dataclass(frozen=True)
class Loaded:
    """What a load did; nothing was written if there is a bad row."""

    departments: int
    units: int
    bad: list[BadRow]
    changes: list[str] = field(default_factory=list)


async def load(read: Contents | None = None, *, now: datetime) -> Loaded:
    """Write what is new or changed in the files, and end the units no longer listed.

    Whether these are still in use, `removal.in_use` tells before.
    """
    found = read or contents.read()
    if found.bad:
        return Loaded(0, 0, found.bad)
    today = city_day(now)
    async with in_transaction():
        await connection().execute_query(statements.LOCK_UNITS)
        gone = await removal.gone(found, today=today)
        changed, told = await _changes(found)
        told += [f"unit {code} {name}: 已停用 / ended" for code, name in gone.items()]
        await removal.end(gone, today=today)
        await Department.bulk_create(
            [Department(**row.model_dump()) for row in found.departments],
            on_conflict=["code"],
            update_fields=["name", "kind", "level"],
        )
        await OrgUnit.bulk_create(
            [OrgUnit(code=unit.code, **_columns(unit)) for unit in changed],
            batch_size=_BATCH,
            on_conflict=["code"],
            update_fields=statements.COLUMNS,
        )
    return Loaded(len(found.departments), len(found.units), [], told)


async def _changes(found: Contents) -> tuple[list[UnitContent], list[str]]:
    """The units that differ from the database, parents first, and a sentence for each column."""
    rows = await connection().execute_query_dict(statements.KNOWN_UNITS)
    known = {row.pop("code"): row for row in rows}
    changed, told = [], []
    for code, unit in found.units.items():
        row, wanted = known.get(code), _columns(unit)
        if row == wanted:
            continue
        changed.append(unit)
        if row is None:
            told.append(f"unit {code} {unit.name}: 新增 / new")
            continue
        told += [
            f"unit {code}: {column} {str(row[column])!r} 改为 / becomes {str(wanted[column])!r}"
            for column in statements.COLUMNS
            if row[column] != wanted[column]
        ]
    return changed, told


def _columns(unit: UnitContent) -> dict[str, Any]:
    return {
        "name": unit.name,
        "level": unit.level,
        "parent_id": unit.parent,
        "department_id": unit.department,
        "path": unit.path,
        "lat": unit.lat,
        "lng": unit.lng,
        "valid_to": None,
    }
