"""How much is looked up, by unit and day, for whoever supervises; of nobody in particular."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

from backend.identity.actors import StaffActor
from backend.window import statements
from config.clock import CITY_TIME, city_day
from config.database import connection
from models import Role

USUAL_DAYS = 28
FEW, TIMES = 10, 3
"""What is unusual: more than so many, and more than so many times the usual."""


Counts = dict[date, tuple[int, int]]
"""Of one unit, by day: reveals and searches."""


class Volume(NamedTuple):
    """A unit's day; what is usual is the mean of the days before it."""

    unit_code: str
    day: date
    reveals: int
    searches: int
    usual_reveals: float
    usual_searches: float

    @property
    def unusual(self) -> bool:
        """Whether somebody should ask why."""
        return _stands_out(self.reveals, self.usual_reveals) or _stands_out(
            self.searches, self.usual_searches
        )


async def volumes(by: StaffActor, *, days: int, now: datetime) -> list[Volume]:
    """The units below the supervisor's posts on the last days; else nothing."""
    paths = [f"{post.path}/%" for post in by.posts if post.role is Role.SUPERVISOR]
    if not paths:
        return []
    first = city_day(now) - timedelta(days=days - 1)
    since = datetime.combine(first - timedelta(days=USUAL_DAYS), datetime.min.time(), CITY_TIME)
    rows = await connection().execute_query_dict(statements.VOLUMES, [since, paths])
    counts: dict[str, Counts] = defaultdict(dict)
    for row in rows:
        counts[row["unit"]][row["day"]] = row["reveals"], row["searches"]
    return [
        Volume(unit, day, *counted, *_usual(days_of, day))
        for unit, days_of in counts.items()
        for day, counted in days_of.items()
        if day >= first
    ]


def _usual(counted: Counts, day: date) -> tuple[float, float]:
    before = [counted.get(day - timedelta(days=back), (0, 0)) for back in range(1, USUAL_DAYS + 1)]
    reveals, searches = (sum(column) / USUAL_DAYS for column in zip(*before, strict=True))
    return round(reveals, 1), round(searches, 1)


def _stands_out(count: int, usual: float) -> bool:
    return count > FEW and count > TIMES * usual
