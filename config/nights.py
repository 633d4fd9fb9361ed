"""The hours of the night, as the setting says them: `22:00-08:00`, or `off`."""

import re
from datetime import time

USUAL = "22:00-08:00"
OFF = "off"
_SHAPE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def read(written: str) -> tuple[time, time] | None:
    """When it begins and ends, None for a day without night; ValueError says how it is written."""
    if written == OFF:
        return None
    found = _SHAPE.fullmatch(written)
    hours = [int(each) for each in found.groups()] if found else [0, 0, 0, 0]
    begin, end = time(hours[0], hours[1]), time(hours[2], hours[3])
    if begin == end:
        raise ValueError(
            f"须写作 {USUAL} 或 {OFF} / must be written as {USUAL} or {OFF}, not {written!r}"
        )
    return begin, end
