"""One line of the log for what may happen a thousand times a minute.

For what comes and goes, or has no end that could be seen; where there is one, `outages.Spell`.
"""

import time

from structlog import get_logger

QUIET_SECONDS = 60.0

log = get_logger()


class Repeated:
    """An error that is logged at most once a minute and process, with how often there was one."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._told = -QUIET_SECONDS
        self._count = 0

    def seen(self, **about: str) -> None:
        """Count one; `about` is what the line says of it."""
        now = time.monotonic()
        self._count += 1
        if now - self._told >= QUIET_SECONDS:
            log.error(self._event, refused=self._count, **about)
            self._told, self._count = now, 0
