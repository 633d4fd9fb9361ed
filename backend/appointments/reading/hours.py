"""Opening hours as people write them: 周一至周五 08:30–11:30，13:00–17:00."""

from collections.abc import Iterable
from itertools import groupby

Span = tuple[int, str, str]
"""Weekday (1 Monday to 7 Sunday), opening and closing time as HH:MM."""

_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def text(spans: Iterable[Span]) -> str:
    """Join equal neighbouring days; empty if the office keeps no hours."""
    days = [
        (weekday, "，".join(f"{opens}–{closes}" for _, opens, closes in spans_of_day))
        for weekday, spans_of_day in groupby(sorted(spans), key=lambda span: span[0])
    ]
    runs: list[tuple[int, int, str]] = []
    for weekday, times in days:
        if runs and runs[-1][1:] == (weekday - 1, times):
            runs[-1] = (runs[-1][0], weekday, times)
        else:
            runs.append((weekday, weekday, times))
    return "；".join(f"{_days(first, last)} {times}" for first, last, times in runs)


def _days(first: int, last: int) -> str:
    start, end = _NAMES[first - 1], _NAMES[last - 1]
    if first == last:
        return start
    return f"{start}、{end}" if last == first + 1 else f"{start}至{end}"
