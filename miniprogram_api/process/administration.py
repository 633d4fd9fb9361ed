"""What an operator does by command: load the city's data."""

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime

from backend.appointments.plan import alignment, offices
from backend.cases.rules.lifecycle import FINAL
from backend.catalogue.loading import load as catalogue
from backend.organisation import load as organisation
from backend.organisation import removal
from config import clock, database, migration
from config.errors import StartError
from miniprogram_api.process import data_files, loads

MOST_LINES = 50
NOTHING = "未载入任何数据。 Nothing was loaded:"


class _Undone(Exception):
    """Nothing of a trial stays."""


async def load(*, dry_run: bool = False) -> list[str]:
    """Load organisation, catalogue, offices and slots; safe to repeat. What changed, by line.

    All files are read before anything is written: raises StartError that names each bad row, and
    each unit or office that the files leave out while people depend on it. A dry run does the same
    and undoes it, so that it tells exactly what a load would change now. Tables of an older
    release are left as they are: StartError.
    """
    await migration.check(database.url())
    # First: a file that is changed while it is read must not count as loaded.
    taken = loads.digest(clock.city_day(clock.now()))
    found = data_files.read()
    if found.bad:
        raise StartError("\n".join([NOTHING, *map(str, found.bad)]))
    told: list[str] = []
    async with migration.alone(database.url()), _connected():
        if not dry_run:
            await loads.begin()
            told = await _load(found, clock.now())
            await loads.end(taken)
            return told
        with contextlib.suppress(_Undone):
            async with database.transaction():
                told = await _load(found, clock.now())
                raise _Undone
    return [*told[:-1], f"试运行，未写入。 Would be: {told[-1]} Nothing was written."]


@contextlib.asynccontextmanager
async def _connected() -> AsyncIterator[None]:
    await database.connect()
    try:
        yield
    finally:
        await database.disconnect()


async def _load(found: data_files.Found, now: datetime) -> list[str]:
    today = clock.city_day(now)
    ending = await removal.gone(found.units, today=today)
    faults = await removal.in_use(ending, final=FINAL, today=today)
    if faults := [*faults, *await offices.still_booked(ending, now=now)]:
        raise StartError("\n".join([NOTHING, *faults]))
    city = await organisation.load(found.units, now=now)
    items = await catalogue.load(found.catalogue, now=now)
    done = await alignment.align(now=now)
    total = (
        f"单位 {city.units} 个；事项发布 {items.published} 个、未变 {items.unchanged} 个、"
        f"停止受理 {items.withdrawn} 个；网点开放 {done.opened} 个；时段新增 {done.made} 个、"
        f"调整 {done.changed} 个、取消 {done.removed} 个、因已有预约保留 {len(done.touched)} 个"
        f" / {city.units} units; {items.published} items published, {items.unchanged} unchanged,"
        f" {items.withdrawn} withdrawn; {done.opened} offices opened; {done.made} slots made,"
        f" {done.changed} changed, {done.removed} removed, {len(done.touched)} kept for bookings."
    )
    return [
        *_some(city.changes, "units"),
        *_some(items.changes, "items"),
        *_some(done.offices, "offices"),
        *done.touched,
        *done.unserved,
        total,
    ]


def _some(lines: list[str], what: str) -> list[str]:
    """The lines, shortened where a first load would list a whole city."""
    rest = len(lines) - MOST_LINES
    more = f"另有 {rest} 处变化 / and {rest} more changes of {what}"
    return lines if rest <= 0 else [*lines[:MOST_LINES], more]
