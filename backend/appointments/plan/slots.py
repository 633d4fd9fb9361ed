"""Slots made ahead from opening hours: each desk is one seat in each slot."""

from datetime import date, datetime, timedelta

from backend.appointments.plan import statements
from config import calendar
from config.calendar import Kind, day_kind
from config.clock import CITY_TIME, city_day
from config.database import connection

DAYS_AHEAD = 14
MONDAY = 1


def weekday_kept(day: date) -> int | None:
    """Whose weekday's opening hours (1 Monday to 7 Sunday) hold on this day; None on holidays.

    A make-up day is a full working day and keeps Monday's hours, whichever day it stands in for.
    A weekend keeps its own, which most offices do not have.
    """
    match day_kind(day).kind:
        case Kind.HOLIDAY:
            return None
        case Kind.MAKE_UP:
            return MONDAY
        case _:
            return day.isoweekday()


async def extend(*, now: datetime, start: date | None = None, days: int = DAYS_AHEAD) -> int:
    """Make the missing slots of the day `start` (today) and the `days` after it; how many.

    Safe to repeat and to run in several processes at once. One short transaction for each day.
    """
    # A process that runs for weeks would fill a holiday that was announced meanwhile.
    calendar.refresh()
    first = start or city_day(now)
    made = 0
    for day in (first + timedelta(days=offset) for offset in range(days + 1)):
        if (weekday := weekday_kept(day)) is not None:
            given = [day, weekday, now]
            rows = await connection().execute_query_dict(statements.FILL, given)
            made += rows[0]["made"]
    return made


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of the day in the city, and of the next day."""
    begun = datetime(day.year, day.month, day.day, tzinfo=CITY_TIME)
    return begun, begun + timedelta(days=1)
