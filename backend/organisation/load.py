"""Loading the organisation's data files into the database: all or nothing, and safe to repeat."""

from dataclasses import dataclass

from tortoise.transactions import in_transaction

from backend.organisation import contents
from backend.organisation.contents import Contents, UnitContent
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


async def load(read: Contents | None = None) -> Loaded:
    """Write every department and unit of the files; units no longer listed stay as they are."""
    found = read or contents.read()
    if found.bad:
        return Loaded(0, 0, found.bad)
    async with in_transaction():
        # Two loads at once would insert the same rows in different orders.
        await connection().execute_query("LOCK TABLE org_unit IN SHARE ROW EXCLUSIVE MODE")
        await Department.bulk_create(
            [Department(**row.model_dump()) for row in found.departments],
            on_conflict=["code"],
            update_fields=["name", "kind", "level"],
        )
        await OrgUnit.bulk_create(
            [_row(unit) for unit in found.units.values()],
            batch_size=_BATCH,
            on_conflict=["code"],
            update_fields=["name", "level", "parent_id", "department_id", "path"],
        )
    return Loaded(len(found.departments), len(found.units), [])


def _row(unit: UnitContent) -> OrgUnit:
    return OrgUnit(
        code=unit.code,
        name=unit.name,
        level=unit.level,
        parent_id=unit.parent,
        department_id=unit.department,
        path=unit.path,
    )
