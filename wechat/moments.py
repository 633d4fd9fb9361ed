"""Dates and times in the forms of subscribe messages: `2026-11-23 09:42`, `9:00~10:00`."""

import re
import unicodedata
from datetime import date

DAYS = (
    re.compile(
        r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    ),
    re.compile(r"(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日"),
)
PARTS = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})"),
    re.compile(r"(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
)
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
LEAP_YEAR = 2024
# Between two moments only U+007E counts: a fullwidth one is rejected.
BETWEEN = re.compile(r"\s*[~\u301c\u2013\u2014至]\s*|\s-\s")
ISO = re.compile(r"([0-9])[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.[0-9]+)?(?:\+08:?00)?")


def is_date(text: str) -> bool:
    """Whether this is a date with or without a time, or a range of two."""
    return _shapes(text) <= {"day", "part", "day clock"}


def is_time(text: str) -> bool:
    """Whether this is a time of day with or without a date before it, or a range of two."""
    return _shapes(text) <= {"clock", "day clock"}


def nearer(text: str) -> str:
    """Write ISO 8601 in Beijing time, wide characters and other dashes WeChat's way."""
    text = BETWEEN.sub("~", unicodedata.normalize("NFKC", text))
    return ISO.sub(r"\1 \2", text)


def _shapes(text: str) -> set[str]:
    moments = text.split("~", 2)
    if len(moments) > 2:  # noqa: PLR2004 - a range has two ends
        return {""}
    return {" ".join(_shape(word) for word in moment.split(" ")) for moment in moments}


def _shape(word: str) -> str:
    if CLOCK.fullmatch(word):
        return "clock"
    for shape, forms in (("day", DAYS), ("part", PARTS)):
        if any((found := form.fullmatch(word)) and _exists(found) for form in forms):
            return shape
    return ""


def _exists(found: re.Match[str]) -> bool:
    parts = found.groupdict()
    try:
        date(int(parts.get("year") or LEAP_YEAR), int(parts["month"]), int(parts.get("day") or 1))
    except ValueError:
        return False
    return True
