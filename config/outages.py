"""Telling an outage of PostgreSQL from faults of our own, and telling it in two lines."""

import contextlib
import errno
import logging
from collections.abc import Iterator
from math import inf
from time import monotonic

import asyncpg
from structlog import get_logger
from tortoise.exceptions import DBConnectionError

from config.errors import StartError

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
# A part that has not failed for so long says nothing of an outage any more.
STALE_SECONDS = 15.0

log = get_logger()


class Spell:
    """A time in which something fails: one line when it begins, one when it is over.

    `failing` and `over` are the names of the lines, `level` how bad its beginning is, `about` what
    both say besides. Parts of a process that need the same thing name themselves: it is over once
    each that failed has worked again. Where what fails and what works may be different calls, it
    must not have failed for `calm` seconds.
    """

    def __init__(
        self,
        failing: str,
        over: str,
        *,
        level: int = logging.WARNING,
        calm: float = 0.0,
        **about: str,
    ) -> None:
        self._failing, self._over, self._level = failing, over, level
        self._calm, self._about = calm, about
        self._since = 0.0
        self._count = 0
        # When each part failed last, until it works again.
        self._failed: dict[str, float] = {}

    def failed(self, error: str, part: str = "", *, exc_info: BaseException | None = None) -> None:
        """It failed once more, with an error of this class, and this part does not work.

        The line of the beginning has the traceback of `exc_info`.
        """
        now = monotonic()
        if not self._failed:
            self._since, self._count = now, 0
            named: dict[str, object] = {"part": part} if part else {}
            if exc_info:
                named["exc_info"] = exc_info
            log.log(self._level, self._failing, error=error, **named, **self._about)
        self._count += 1
        self._failed[part] = now

    def worked(self, part: str = "") -> None:
        """It works for this part; nothing new unless it failed before."""
        if not self._failed:
            return
        now = monotonic()
        if now - self._failed.get(part, -inf) < self._calm:
            return
        self._failed.pop(part, None)
        if any(now - at < STALE_SECONDS for at in self._failed.values()):
            return
        self._failed.clear()
        seconds = round(now - self._since, 1)
        log.warning(self._over, seconds=seconds, failures=self._count, **self._about)


DATABASE = Spell("database_unavailable", "database_back", level=logging.ERROR)
"""PostgreSQL as all parts of this process find it."""


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


def is_lock_wait(error: BaseException) -> bool:
    """Whether another held a row or table for longer than we wait: PostgreSQL itself is well."""
    return isinstance(error, asyncpg.LockNotAvailableError)


def is_full(error: BaseException) -> bool:
    """Whether there is no room left: on PostgreSQL's disk (SQLSTATE 53100), or on one of ours."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return isinstance(error, asyncpg.DiskFullError)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn PostgreSQL's failing while a command works into one sentence, a StartError."""
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) and not _of_driver(error):
            raise
        if is_full(error):
            raise StartError(
                "数据库磁盘已满，操作未完成，请腾出空间后重试。"
                " The disk of PostgreSQL is full and this was not done: make room, then try again."
            ) from error
        if is_lock_wait(error):
            raise StartError(
                "所需数据正被其他操作占用，操作未完成，请稍后重试。"
                " What this needs is held by another transaction and this was not done:"
                " try again later."
            ) from error
        if is_outage(error):
            reason = f"{type(error).__name__}: {error}".splitlines()[0].rstrip(".: ")
            raise StartError(
                "数据库中断，操作未完成，请稍后重试。"
                f" PostgreSQL failed and this was not done; try again later: {reason}."
            ) from error
        raise


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
