"""Opening offices: one for each unit of the levels in `config/data/offices.yaml`."""

import json
from collections.abc import Collection
from datetime import datetime

from tortoise.transactions import in_transaction

from backend.appointments.plan import plans, statements
from config.database import connection
from config.errors import StartError
from config.sources import BadRow


async def open_offices(*, now: datetime) -> int:
    """Open an office for each unit that should have one and has none; how many.

    They have hours but no slots until `slots.extend` runs. Safe to repeat.
    """
    wanted = _plans()
    async with in_transaction() as within:
        opened = await within.execute_query_dict(statements.OPEN, [wanted, None, now])
        ids = [row["id"] for row in opened]
        await within.execute_query_dict(statements.ADD_HOURS, [wanted, ids, now])
    return len(opened)


async def renew(*, now: datetime) -> list[str]:
    """Give the offices the names, addresses, phones and hours of today's files; a sentence each.

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
        for what in ("name", "address", "phone")
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
    """A sentence for each day of an office that would end with these units, but has bookings."""
    levels = [str(level) for level in plans.read([])]
    rows = await connection().execute_query_dict(statements.BOOKED, [list(gone), levels, now])
    return [
        f"{row['unit_id']} {row['name']} 将停办，但 {row['day']} 尚有预约 {row['booked']} 个，"
        "请先执行下列命令"
        f" / would end, but has {row['booked']} bookings on {row['day']}; first run:"
        f" yikou office close {row['unit_id']} {row['day']} --reason 网点停办 --yes"
        for row in rows
    ]


def _plans() -> str:
    """The plans as one JSON list, each with its level; raises StartError for a bad one."""
    bad: list[BadRow] = []
    found = plans.read(bad)
    if bad:
        raise StartError("\n".join(map(str, bad)))
    return json.dumps([{"level": level, **plan.model_dump()} for level, plan in found.items()])
