"""Telling an outage of PostgreSQL from faults of our own, and telling it in a few lines."""

import errno
import logging
from time import monotonic

import asyncpg
from structlog import get_logger
from tortoise.exceptions import DBConnectionError

_SURE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
    # It starts, stops, ended our connection or took too long (SQLSTATE class 57).
    asyncpg.exceptions.OperatorInterventionError,
    # No connection, memory or disk is left (class 53); its disk fails.
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.PostgresIOError,
    # Waits that were bounded, and a primary that has become a standby.
    asyncpg.exceptions.LockNotAvailableError,
    asyncpg.exceptions.IdleInTransactionSessionTimeoutError,
    asyncpg.exceptions.ReadOnlySQLTransactionError,
    DBConnectionError,
)
_CLOSED = ("closed", "closing", "released")
AGAIN_SECONDS = 60.0

log = get_logger()


class Spell:
    """A time in which something fails: logged when it begins, each minute, and when it is over.

    `failing` and `over` are the names of the lines; `counted` is what there is more of each time,
    and `level` how bad its beginning is.
    """

    def __init__(
        self, failing: str, over: str, *, counted: str = "failures", level: int = logging.WARNING
    ) -> None:
        self._failing, self._over, self._counted, self._level = failing, over, counted, level
        self._count = 0
        self._since = self._told = 0.0

    def failed(self, error: str) -> None:
        """It failed once more, with an error of this class."""
        now = monotonic()
        if not self._count:
            self._since = now
        self._count += 1
        if self._count == 1 or now - self._told >= AGAIN_SECONDS:
            self._told = now
            log.log(self._level, self._failing, error=error, **{self._counted: self._count})

    def worked(self) -> None:
        """It works; nothing new unless it failed before."""
        if self._count:
            seconds = round(monotonic() - self._since, 1)
            log.warning(self._over, seconds=seconds, **{self._counted: self._count})
            self._count = 0


def is_outage(error: BaseException) -> bool:
    """Whether PostgreSQL is away, full or too slow; False for our own mistakes.

    A wrong argument and a closed connection are both an InterfaceError, and any part of a program
    may run out of time or meet an OSError: there the words and the way through the driver decide.
    """
    if isinstance(error, _SURE):
        return True
    if isinstance(error, asyncpg.InterfaceError):
        return any(word in str(error) for word in _CLOSED)
    return isinstance(error, OSError) and _of_driver(error)


def is_full(error: BaseException) -> bool:
    """Whether there is no room left: on PostgreSQL's disk (SQLSTATE 53100), or on one of ours."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return isinstance(error, asyncpg.DiskFullError)


def cut_short(late: TimeoutError) -> bool:
    """Whether what a deadline of asyncio's ended was a wait for PostgreSQL."""
    return late.__cause__ is not None and _of_driver(late.__cause__)


def _of_driver(error: BaseException) -> bool:
    frame = error.__traceback__
    while frame is not None:
        if str(frame.tb_frame.f_globals.get("__name__", "")).startswith("asyncpg."):
            return True
        frame = frame.tb_next
    return False
