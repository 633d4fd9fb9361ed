"""Which offices the units of a level open, as `offices.yaml` says."""

import re
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from config import sources
from config.sources import BadRow, Find, Row, line_of, read_yaml, shown, take
from config.texts import ONE_LINE
from models import UnitLevel

FILE = "offices.yaml"
_PHONE = re.compile(r"[0-9][0-9 -]{2,19}")

Time = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Plan(Row):
    """The office of each unit of a level; `hours` hold Monday to Friday, each desk is a seat."""

    name: Annotated[str, Field(min_length=1, max_length=50), ONE_LINE]
    phone: Annotated[str, Field(pattern=_PHONE)]
    desks: Annotated[int, Field(ge=1, le=200)]
    slot_minutes: Annotated[int, Field(ge=5, le=480)]
    hours: Annotated[list[tuple[Time, Time]], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        times = [time for span in self.hours for time in span]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError("hours: 须从早到晚 / each time must be later than the one before")
        return self


def read(bad: list[BadRow], find: Find = sources.find) -> dict[UnitLevel, Plan]:
    """The good plans by level; never stops at a bad one."""
    path = find(FILE)
    rows = read_yaml(path, bad, filled=True)
    found: dict[UnitLevel, Plan] = {}
    for level, content in rows.items():
        at = BadRow(shown(path), str(level), "", line_of(rows, [level]))
        if level not in set(UnitLevel):
            known = ", ".join(UnitLevel)
            bad.append(
                BadRow(at.file, at.row, f"不是层级，可用 / is no level; {known} are", at.line)
            )
        elif plan := take(Plan, content, at=at, bad=bad):
            found[UnitLevel(level)] = plan
    return found
