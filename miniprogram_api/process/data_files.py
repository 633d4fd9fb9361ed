"""All data files of the city together: what is wrong with them, and what a load would take."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.cases.clock import promises
from backend.catalogue.loading import contents as catalogue
from backend.organisation import contents as organisation
from config import clock, holidays
from config.sources import BadRow
from miniprogram_api.process import coverage, served_files
from miniprogram_api.process.coverage import City


@dataclass(frozen=True)
class Found:
    """What the files say; nothing of it is used while there is a bad row."""

    units: organisation.Contents
    catalogue: catalogue.Contents
    bad: list[BadRow]


def read() -> Found:
    """Read and check every data file; the bad rows come sorted by file and line."""
    units = organisation.read()
    items = catalogue.read(frozenset(units.department_codes))
    # What a fault leaves incomplete says nothing of what another file names.
    city = City(None if units.bad else units.units, None if items.bad else items.items)
    bad = [*units.bad, *items.bad, *coverage.check(city), *served_files.check()]
    return Found(units, items, sorted(bad, key=lambda row: row.place))


def remarks(found: Found) -> Iterator[str]:
    """What is no fault but worth knowing, one sentence each."""
    today = clock.city_day(clock.now())
    items = [(item.code, item.fields) for item in found.catalogue.items]
    for year in (today.year, today.year + 1):
        yield from (f"{year}: {each}" for each in promises.crossings(items, year))
    if today.year + 1 not in holidays.years() and today.month == 12:  # noqa: PLR2004 - December
        yield (
            f"{today.year + 1}: 节假日安排通知尚未加入日历文件"
            " / the notice on holidays is not among the calendar's files"
        )
