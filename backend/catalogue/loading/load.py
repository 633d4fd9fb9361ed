"""Publishing the catalogue's data files: all or nothing, and safe to repeat.

Unchanged content makes no new version; changed content is published as a new version, and the one
it replaces is withdrawn but kept, for the cases filed in it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from tortoise.transactions import in_transaction

from backend.catalogue import statements
from backend.catalogue.loading import contents
from backend.catalogue.loading.contents import Contents, ItemContent
from config.database import connection
from config.sources import BadRow
from models import Department, ItemVersion, ServiceItem, VersionStatus


@dataclass(frozen=True)
class Loaded:
    """What a load did; nothing was written if there is a bad row."""

    published: int
    unchanged: int
    withdrawn: int
    bad: list[BadRow]
    changes: list[str] = field(default_factory=list)


async def load(read: Contents | None = None, *, now: datetime) -> Loaded:
    """Publish the items of the files, after the organisation was loaded; unlisted ones end."""
    departments = frozenset([department.code for department in await Department.all()])
    found = read or contents.read(departments)
    if found.bad:
        return Loaded(0, 0, 0, found.bad)
    async with in_transaction():
        await connection().execute_query(statements.LOCK_VERSIONS)
        return await _publish(found.items, now)


async def _publish(items: list[ItemContent], now: datetime) -> Loaded:
    rows = await connection().execute_query_dict(statements.LATEST)
    latest = {row["item_id"]: row for row in rows}
    published = {code for code, row in latest.items() if row["status"] == VersionStatus.PUBLISHED}
    same = {
        item.code
        for item in items
        if item.code in published and latest[item.code]["content_hash"] == item.hash
    }
    fresh = [item for item in items if item.code not in same]
    ended = published - same
    await ItemVersion.filter(item_id__in=ended, status=VersionStatus.PUBLISHED).update(
        status=VersionStatus.WITHDRAWN
    )
    await ServiceItem.bulk_create(
        [ServiceItem(code=item.code, department_id=item.department) for item in fresh],
        on_conflict=["code"],
        update_fields=["department_id"],
    )
    await ItemVersion.bulk_create(
        [
            ItemVersion(
                item_id=item.code,
                version=latest[item.code]["version"] + 1 if item.code in latest else 1,
                status=VersionStatus.PUBLISHED,
                published_at=now,
                created_at=now,
                content_hash=item.hash,
                **item.fields,
            )
            for item in fresh
        ]
    )
    gone = ended - {item.code for item in fresh}
    changes = [f"item {item.code} {item.fields['name']}: 新版本 / new version" for item in fresh]
    changes += [f"item {code}: 停止受理 / withdrawn" for code in sorted(gone)]
    return Loaded(len(fresh), len(same), len(gone), [], changes)
