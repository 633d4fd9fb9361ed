"""The calendar's data files: each year's notice, and the days the law gives off without one."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from config import sources
from config.days import Day
from config.sources import BadRow, Row, Rows, line_of, read_yaml, shown, take
from config.texts import ONE_LINE, VISIBLE

FOLDER = "calendar"
MOVEABLE = f"{FOLDER}/moveable.yaml"
# 全国年节及纪念日放假办法, 2024 revision, article 2; the moveable ones stand in the data file.
FIXED = (("元旦", 1, (1,)), ("劳动节", 5, (1, 2)), ("国庆节", 10, (1, 2, 3)))
SPRING = "春节"
_LONGEST = 30
_YEAR_FILE = re.compile(r"[0-9]{4}\.yaml")

State = tuple[tuple[str, int, int], ...]
Name = Annotated[str, Field(min_length=1, max_length=20), ONE_LINE]


class Holiday(Row):
    """Days off, both ends included."""

    name: Name
    first: Day
    last: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not timedelta(0) <= self.last - self.first < timedelta(days=_LONGEST):
            raise ValueError(
                "last: 早于 first 或晚一个月以上 / is before first, or a month after it"
            )
        return self


class MadeUp(Row):
    """A weekend day on which people work."""

    name: Name
    date: Day


R = TypeVar("R", bound=Row)


class Notice(Row):
    """The State Council's notice for one year."""

    year: Annotated[int, Field(ge=2000, le=2100)]
    source: Annotated[str, Field(min_length=1), VISIBLE]
    holidays: Annotated[list[Holiday], Field(min_length=1)]
    make_up_days: list[MadeUp]


class _Moveable(Row):
    spring: Annotated[Day, Field(alias=SPRING)]
    tomb_sweeping: Annotated[Day, Field(alias="清明节")]
    dragon_boat: Annotated[Day, Field(alias="端午节")]
    mid_autumn: Annotated[Day, Field(alias="中秋节")]


def file_of(year: int) -> Path:
    """Where the year's notice lies, or would."""
    return sources.find(f"{FOLDER}/{year}.yaml")


def read(year: int, bad: list[BadRow]) -> Notice | None:
    """The year's notice, or None with bad rows."""
    path = file_of(year)
    content = read_yaml(path, bad)
    if not content:
        return None
    notice = take(Notice, content, at=BadRow(shown(path), "", "", 1), bad=bad)
    # Beside other faults as well, as far as there are rows to look at.
    faults = [BadRow(shown(path), "", reason, line) for line, reason in _faults(year, content)]
    if notice and notice.year != year:
        faults.append(
            BadRow(
                shown(path),
                "",
                f"year: {notice.year} 与文件名不符 / is not the file's",
                line_of(content, ["year"]),
            )
        )
    bad += faults
    return None if faults else notice


def _sound(model: type[R], rows: object) -> Iterator[tuple[int, R]]:
    """The rows that fit the model, with their numbers."""
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        with suppress(ValidationError):
            yield number, model.model_validate(row)


def _faults(year: int, content: Rows) -> Iterator[tuple[int, str]]:
    taken: set[date] = set()
    for number, holiday in _sound(Holiday, content.get("holidays")):
        line = line_of(content, ["holidays", number])
        days = set(_days(holiday.first, holiday.last))
        if year not in {day.year for day in days}:
            yield line, f"{holiday.name}: 不在 {year} 年 / is not in {year}"
        if days & taken:
            yield line, f"{holiday.name}: {min(days & taken)} 重复 / is given twice"
        taken |= days
    for number, made_up in _sound(MadeUp, content.get("make_up_days")):
        line = line_of(content, ["make_up_days", number])
        if made_up.date in taken:
            yield line, f"{made_up.date}: 重复或为假日 / is given twice, or is a holiday"
        if made_up.date.isoweekday() < 6:  # noqa: PLR2004 - Saturday
            yield (
                line,
                f"{made_up.date}: 不是周末，无须调休 / is no weekend, and needs no making up",
            )
        if made_up.date.year != year:
            yield line, f"{made_up.date}: 不在 {year} 年 / is not in {year}"
        taken.add(made_up.date)


def by_law(year: int, bad: list[BadRow]) -> dict[date, str]:
    """The days the law itself gives off, with their names; a year the table lacks has fewer."""
    return _by_law(year, read_yaml(sources.find(MOVEABLE), bad), bad)


def _by_law(year: int, content: Rows, bad: list[BadRow]) -> dict[date, str]:
    path = sources.find(MOVEABLE)
    off = {date(year, month, day): name for name, month, days in FIXED for day in days}
    if year not in content:
        return off
    row = take(_Moveable, content[year], at=BadRow(shown(path), str(year), ""), bad=bad)
    if row is None:
        return off
    for field, each in _Moveable.model_fields.items():
        day: date = getattr(row, field)
        if day.year != year:
            line = line_of(content, [year])
            bad.append(
                BadRow(shown(path), str(year), f"{each.alias}: 不在该年 / is not in {year}", line)
            )
        off.setdefault(day, str(each.alias))
    return off | dict.fromkeys(_days(row.spring - timedelta(1), row.spring + timedelta(2)), SPRING)


def years() -> list[int]:
    """The years with a notice, built in or the city's."""
    names = {path.name for path in _files()}
    return sorted(int(name[:4]) for name in names if _YEAR_FILE.fullmatch(name))


def state() -> State:
    """Another where a file was changed, added or removed; none of them is read."""
    found: list[tuple[str, int, int]] = []
    for path in sorted(_files()):
        with suppress(FileNotFoundError):
            about = path.stat()
            found.append((str(path), about.st_ctime_ns, about.st_size))
    return tuple(found)


def _files() -> set[Path]:
    folders = {sources.DATA / FOLDER, sources.find(FOLDER)}
    return {path for folder in folders for path in folder.glob("*.yaml")}


def check() -> list[BadRow]:
    """The bad rows of all the calendar's files."""
    bad: list[BadRow] = []
    for year in years():
        read(year, bad)
    moveable = sources.find(MOVEABLE)
    content: Rows = read_yaml(moveable, bad)
    for year in content:
        if isinstance(year, int):
            _by_law(year, content, bad)
        else:
            bad.append(BadRow(shown(moveable), str(year), "不是年份 / is no year"))
    return bad


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
