"""Times as the API writes them: RFC 3339 with the city's offset."""

from datetime import datetime
from typing import overload

from config.clock import CITY_TIME


@overload
def local(moment: datetime) -> datetime: ...
@overload
def local(moment: None) -> None: ...
def local(moment: datetime | None) -> datetime | None:
    """The same moment with the offset +08:00."""
    return moment.astimezone(CITY_TIME) if moment else None
