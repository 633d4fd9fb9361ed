"""The hours of the night in which nobody is reminded of anything."""

from datetime import datetime

from config.clock import CITY_TIME

QUIET_FROM, QUIET_UNTIL = 22, 8


def quiet(now: datetime) -> bool:
    """Whether it is night in the city."""
    hour = now.astimezone(CITY_TIME).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL
