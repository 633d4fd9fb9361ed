"""Times as they are answered, in the city's time; PostgreSQL's JSON nearly has them so."""

from datetime import datetime
from typing import overload

from config.clock import CITY_TIME

# With six digits of a second, or none: PostgreSQL leaves out zeros at the end.
USUAL = {len("2026-07-01T09:00:00+08:00"), len("2026-07-01T09:00:00.000001+08:00")}
_DIGITS = len("2026-07-01T09:00:00.000001")
_OFFSET = len("+08:00")


def told(time: str) -> str:
    """A time of PostgreSQL's JSON as all times are answered; connections are set to the city's."""
    if len(time) in USUAL:
        return time
    return time[:-_OFFSET].ljust(_DIGITS, "0") + time[-_OFFSET:]


@overload
def city_text(moment: datetime) -> str: ...
@overload
def city_text(moment: None) -> None: ...
def city_text(moment: datetime | None) -> str | None:
    """The same of a time that was read as one."""
    return moment.astimezone(CITY_TIME).isoformat() if moment else None
