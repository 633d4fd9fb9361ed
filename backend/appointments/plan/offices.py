"""Opening offices: one for each unit of the levels in `offices.yaml`, and those of departments."""

import json
from collections.abc import Collection
from datetime import datetime

from tortoise.transactions import in_transaction

from backend.appointments.plan import own_offices, plans, services, statements
from backend.appointments.record.places import office_of
from backend.catalogue import queries as catalogue
from config.database import connection
from config.errors import StartError
from config.sources import BadRow


async def open_offices(*, now: datetime) -> int:
    """Open each office that the files say and that there is not; how many.

    They have hours but no slots until `slots.extend` runs. Safe to repeat.
    """
    wanted = _plans()
    async with in_transaction() as within:
        opened = await within.execute_query_dict(statements.OPEN, [wanted, None, now])
        ids = [row["id"] for row in opened]
        await within.execute_query_dict(statements.ADD_HOURS, [wanted, ids, now])
    return len(opened)


async def renew(*, now: datetime) -> list[str]:
    """Give the offices what today's files say of them, hours included; a sentence each.

    One that has no plan any more, or whose unit ended, takes no bookings from now on, until it is
    planned again. Slots stay as they are. Safe to repeat.
    """
    wanted = _plans()
    async with in_transaction() as within:
        turned = await within.execute_query_dict(statements.OPEN_OR_CLOSE, [wanted, None, now])
        renamed = await within.execute_query_dict(statements.RENAME, [wanted, None, now])
        ended = await within.execute_query_dict(statements.END_HOURS, [wanted, None, now])
        await within.execute_query_dict(statements.ADD_HOURS, [wanted, None, now])
    told = [
        f"{row['name']}: {what} {row[what]!r} 改为 / becomes {row['new_' + what]!r}"
        for row in renamed
        for what in ("name", "address", "phone", "place", "items")
        if row[what] != row["new_" + what]
    ]
    told += [
        f"{row['name']}: {'重新开放 / open again' if row['active'] else '已停办 / ended'}"
        for row in turned
    ]
    return told + [
        f"{name}: 开放时间有变 / new hours" for name in sorted({row["name"] for row in ended})
    ]


async def still_booked(gone: Collection[str], *, now: datetime) -> list[str]:
    """A sentence for each day of an office that would end with these units, but has bookings.

    It ends as well where no file plans it any more.
    """
    levels, own = [str(level) for level in plans.read([])], own_offices.read([]).offices
    given = [list(gone), levels, [office.row.code for office in own], now]
    rows = await connection().execute_query_dict(statements.BOOKED, given)
    return [
        f"{row['code']} {row['name']} 将停办，但 {row['day']} 尚有预约 {row['booked']} 个，"
        "请先执行下列命令"
        f" / would end, but has {row['booked']} bookings on {row['day']}; first run:"
        f" yikou office close {row['code']} {row['day']} --reason 网点停办 --yes"
        for row in rows
    ]


async def unserved(*, now: datetime) -> list[str]:
    """A sentence for each office and item that is booked there, and served there no more.

    Nobody's booking is taken away: it is the office's to call, or to serve all the same.
    """
    rows = await connection().execute_query_dict(statements.BOOKED_ITEMS, [now])
    items = await catalogue.published()
    told = []
    for row in rows:
        office, item = office_of(row), items.get(row["item_id"])
        if item is None or services.serves(office, item):
            continue
        told.append(
            f"{office.name}: 不再办理“{item.name}”，已有预约 {row['booked']} 个予以保留，"
            f"最早 {row['first']} / does not serve {item.code} any more;"
            f" {row['booked']} bookings are kept, the first at {row['first']}"
        )
    return told


def _plans() -> str:
    """The plans as JSON, those of levels and those of offices; StartError for a bad one."""
    bad: list[BadRow] = []
    found, own = plans.read(bad), own_offices.read(bad)
    if bad:
        raise StartError("\n".join(map(str, bad)))
    levels = [{"level": level, **plan.model_dump()} for level, plan in found.items()]
    return json.dumps({"levels": levels, "offices": [each.planned() for each in own.offices]})
