"""Telling an outage of PostgreSQL from faults of our own, which raise the same classes of error."""

import errno

import asyncpg
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


def _of_driver(error: BaseException) -> bool:
    frame = error.__traceback__
    while frame is not None:
        if str(frame.tb_frame.f_globals.get("__name__", "")).startswith("asyncpg."):
            return True
        frame = frame.tb_next
    return False
