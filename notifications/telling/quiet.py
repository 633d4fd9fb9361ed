"""The hours of the night, in which phones are left alone: what is not urgent waits for morning."""

from datetime import datetime, timedelta
from functools import cache
from uuid import UUID
from zlib import crc32

from config import nights
from config.clock import CITY_TIME
from config.settings import settings

SPREAD_SECONDS = 600
"""Over how long the messages of a night go out in the morning; one recipient's go together."""


def quiet(now: datetime, written: str | None = None) -> bool:
    """Whether it is night in the city, by the setting or what is `written` as one."""
    return _morning(now, written) is not None


def until(at: datetime, who: UUID, written: str | None = None) -> datetime | None:
    """When the phone of `who` may ring for what is told `at`; None where it may at once."""
    morning = _morning(at, written)
    return morning and morning + timedelta(seconds=crc32(who.bytes) % SPREAD_SECONDS)


def _morning(at: datetime, written: str | None) -> datetime | None:
    """The end of the night that it is then."""
    hours = _hours(written or settings().night)
    if hours is None:
        return None
    begin, end = hours
    local = at.astimezone(CITY_TIME)
    clock = local.time()
    night = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not night:
        return None
    day = local.date() + timedelta(days=clock >= end)
    return datetime.combine(day, end, CITY_TIME)


_hours = cache(nights.read)
