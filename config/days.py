"""Days as people write them: YYYY-MM-DD, and none of the other ways that Python reads."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(text: str) -> date:
    """The day that is written so; ValueError for any other text.

    `date.fromisoformat` takes 20261020 and 2026-W43-2 as well, of which a slip makes another day.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _written(value: object) -> object:
    """A day of a query or a data file; pydantic would take seconds since 1970, and times too."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return day(value) if isinstance(value, str) else None
    except ValueError:
        raise PydanticCustomError("date_parsing", "not written YYYY-MM-DD") from None


Day = Annotated[date, BeforeValidator(_written)]
"""A field that is a day, written YYYY-MM-DD."""
NearDay = Annotated[Day, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
"""One that an office may have: beyond these no calendar reckons."""
