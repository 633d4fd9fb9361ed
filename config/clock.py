"""The one clock, and the city's own time.

Time is given, never taken: who begins something (a request that has arrived, a command, a round of
the worker) asks `now` once, and hands the moment on to whatever it calls, down to SQL. So a day can
be replayed, and all that one request writes bears one time.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The moment it is; only for who begins something, see tests/config/test_given_time.py."""
    return datetime.now(UTC)


def city_day(moment: datetime) -> date:
    """The date in the city."""
    return moment.astimezone(CITY_TIME).date()
