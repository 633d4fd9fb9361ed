"""Until when somebody may complain or sue who received a paper on a day."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

RECONSIDERATION_DAYS = 60
ACTION_MONTHS = 6
_YEAR = 12


class Until(NamedTuple):
    """The last days, before a day off at the end moves them: the paper says that it does."""

    reconsideration: date
    action: date


def until(received: date) -> Until:
    """Sixty days for 行政复议 (行政复议法 20), six months for 行政诉讼 (行政诉讼法 46).

    Days and months of the calendar: holidays within count. The day itself is not counted, and of a
    month without such a day the last one is meant (民法典 201, 202).
    """
    return Until(received + timedelta(days=RECONSIDERATION_DAYS), _months_later(received))


def _months_later(day: date) -> date:
    years, month = divmod(day.month - 1 + ACTION_MONTHS, _YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
