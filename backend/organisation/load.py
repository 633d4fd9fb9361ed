"""Loading the organisation's data files into the database: all or nothing, and safe to repeat."""

from dataclasses import dataclass, field

from tortoise.transactions import in_transaction

from backend.organisation import contents, removal
from backend.organisation.contents import Contents, UnitContent
from config.database import connection
from config.sources import BadRow
from models import Department, OrgUnit

_BATCH = 500
_COLUMNS = ("name", "level", "parent_id", "department_id", "path", "valid_to")


@dataclass(frozen=True)
class Loaded:
    """What a load did; nothing was written if there is a bad row."""

    departments: int
    units: int
    bad: list[BadRow]
    changes: list[str] = field(default_factory=list)


async def load(read: Contents | None = None) -> Loaded:
    """Write every department and unit of the files, and end the units no longer listed.

    Whether these are still in use, `removal.in_use` tells before.
    """
    found = read or contents.read()
    if found.bad:
        return Loaded(0, 0, found.bad)
    async with in_transaction():
        # Two loads at once would insert the same rows in different orders.
        await connection().execute_query("LOCK TABLE org_unit IN SHARE ROW EXCLUSIVE MODE")
        gone = await removal.gone(found)
        changes = await _changes(found)
        changes += [f"unit {code} {name}: 已停用 / ended" for code, name in gone.items()]
        await removal.end(gone)
        await Department.bulk_create(
            [Department(**row.model_dump()) for row in found.departments],
            on_conflict=["code"],
            update_fields=["name", "kind", "level"],
        )
        await OrgUnit.bulk_create(
            [_row(unit) for unit in found.units.values()],
            batch_size=_BATCH,
            on_conflict=["code"],
            update_fields=[*_COLUMNS, "lat", "lng"],
        )
    return Loaded(len(found.departments), len(found.units), [], changes)


async def _changes(found: Contents) -> list[str]:
    """What differs from the database, a sentence for each unit."""
    known = {row["code"]: row for row in await OrgUnit.all().values("code", *_COLUMNS)}
    told = []
    for code, unit in found.units.items():
        row, new = known.get(code), _row(unit)
        if row is None:
            told.append(f"unit {code} {unit.name}: new")
            continue
        told += [
            f"unit {code}: {column} {str(row[column])!r} becomes {str(getattr(new, column))!r}"
            for column in _COLUMNS
            if row[column] != getattr(new, column)
        ]
    return told


def _row(unit: UnitContent) -> OrgUnit:
    return OrgUnit(
        code=unit.code,
        name=unit.name,
        level=unit.level,
        parent_id=unit.parent,
        department_id=unit.department,
        path=unit.path,
        lat=unit.lat,
        lng=unit.lng,
    )
