"""The sandbox's clock: the real one, moved forward on demand."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


@dataclass
class Clock:
    """Time as the sandbox sees it; `offset` is in seconds and only ever grows."""

    offset: float = 0.0

    def now(self) -> float:
        """Return the Unix time in seconds."""
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        """Move the clock forward, so that codes, tokens and quotas age without waiting."""
        self.offset += seconds


def text(moment: float) -> str:
    """Write a Unix time as RFC 3339 in China's zone."""
    return datetime.fromtimestamp(moment, BEIJING).isoformat(timespec="milliseconds")


def day(moment: float) -> str:
    """Return the day in China, by which WeChat counts daily quotas."""
    return datetime.fromtimestamp(moment, BEIJING).strftime("%Y-%m-%d")
