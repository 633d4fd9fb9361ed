"""Quotas: calls per path and minute or day in China, sparse calls per month, logins per user."""

from collections import Counter
from dataclasses import dataclass

from sandbox import clock
from sandbox.wire import WeChatError

LOGINS_PER_MINUTE = 100
FORCED_PER_DAY = 20
FORCED_APART_S = 30
CLEARS_PER_MONTH = 10


@dataclass(frozen=True)
class Limits:
    """What one path allows; `minute_errcode` is its answer beyond the minute's quota."""

    per_minute: int = 0
    per_day: int = 0
    minute_errcode: int = 45011


class Quota:
    """Counters in fixed windows; only the current minute, day and month are kept."""

    def __init__(self) -> None:
        """Start unused, with no limit changed."""
        self.changed: dict[str, Limits] = {}
        self._minute: tuple[int, Counter[str]] = (0, Counter())
        self._day: tuple[str, Counter[str]] = ("", Counter())
        self._month: tuple[str, Counter[str]] = ("", Counter())
        self._forced_at = float("-inf")

    def spend(self, path: str, limits: Limits, now: float) -> None:
        """Count a call; raise 45009 or the minute's errcode beyond the limit."""
        limits = self.changed.get(path, limits)
        today, this_minute = self._today(now), self._this_minute(now)
        if limits.per_day and today[path] >= limits.per_day:
            raise WeChatError(45009)
        if limits.per_minute and this_minute[path] >= limits.per_minute:
            raise WeChatError(limits.minute_errcode)
        today[path] += 1
        this_minute[path] += 1

    def login(self, openid: str, now: float) -> None:
        """Count a login of one user; raise 45011 beyond 100 in a minute."""
        counts = self._this_minute(now)
        counts[openid] += 1
        if counts[openid] > LOGINS_PER_MINUTE:
            raise WeChatError(45011)

    def force(self, now: float, too_soon: int) -> None:
        """Count a force_refresh; raise 45009 beyond 20 a day, `too_soon` within 30 seconds."""
        today = self._today(now)
        if today["force_refresh"] >= FORCED_PER_DAY:
            raise WeChatError(45009)
        if now - self._forced_at < FORCED_APART_S:
            raise WeChatError(too_soon)
        today["force_refresh"] += 1
        self._forced_at = now

    def clear(self, now: float) -> None:
        """Forget the day's counts; raise 48006 beyond ten times a month."""
        month = clock.day(now)[:7]
        if self._month[0] != month:
            self._month = (month, Counter())
        if self._month[1]["clear"] >= CLEARS_PER_MONTH:
            raise WeChatError(48006)
        self._month[1]["clear"] += 1
        self._day = ("", Counter())

    def _this_minute(self, now: float) -> Counter[str]:
        minute = int(now // 60)
        if self._minute[0] != minute:
            self._minute = (minute, Counter())
        return self._minute[1]

    def _today(self, now: float) -> Counter[str]:
        today = clock.day(now)
        if self._day[0] != today:
            self._day = (today, Counter())
        return self._day[1]
