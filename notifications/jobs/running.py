"""Running the periodic jobs: whatever layer a job is of, the worker is given it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from zlib import crc32

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient

from config import clock
from config.database import connection, single, url
from config.errors import StartError
from config.outages import DATABASE, Spell, is_lock_wait, is_outage
from config.patience import WORK
from notifications.jobs import statements
from notifications.jobs.periods import periods
from notifications.sending.away import DATABASE_AWAY

# Any number will do, as long as every release uses the same.
LOCK = 0x6A6F6273
LOOK_SECONDS = 2.0
JOB_SECONDS = 600.0
RETRY_SECONDS = 60
PART = "periodic jobs"
_DIFFERING = Spell("jobs_differ", "jobs_agree")

Run = Callable[..., Awaitable[object]]
"""A job: it is given the moment at which it begins, as `now`."""
Jobs = Mapping[str, Run]
"""The jobs by name: those of `periods`, neither more nor less."""


async def late(using: BaseDBAsyncClient | None = None) -> list[str]:
    """Names of the jobs that have not ended for three of their periods."""
    rows = await (using or connection()).execute_query_dict(
        statements.LATE, [*_wanted(), JOB_SECONDS]
    )
    return [row["name"] for row in rows]


async def run_periodically(jobs: Jobs) -> None:
    """Run what is due whenever the lock is ours, until cancelled; a failing job is tried again."""
    guard: asyncpg.Connection[asyncpg.Record] | None = None
    try:
        while True:
            try:
                # Session state, so a connection of its own: the pool's are shared.
                if guard is None or guard.is_closed():
                    guard = await single(url(), patience=WORK)
                    await announce(guard)
                await compare(guard)
                await run_due(guard, jobs)
                DATABASE.worked(PART)
            except (StartError, *DATABASE_AWAY) as error:
                DATABASE.failed(type(error).__name__, PART)
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        if guard:
            guard.terminate()


async def announce(guard: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Let other workers see our periods; before `compare`."""
    await guard.execute(statements.ANNOUNCE, _announced())


async def compare(guard: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Tell once that workers of this database have different periods, and once that they agree.

    Each runs what is due by its own, so that of two periods of a job the shorter one holds.
    """
    if others := await guard.fetchval(statements.DIFFERING, _announced()):
        _DIFFERING.failed(f"workers: {others}")
    else:
        _DIFFERING.worked()


async def run_due(guard: "asyncpg.Connection[asyncpg.Record]", jobs: Jobs) -> list[str]:
    """Run the due jobs, one after the other, unless another connection holds the lock."""
    if not await guard.fetchval(statements.TAKE_TURN, LOCK):
        return []
    try:
        rows = await connection().execute_query_dict(statements.DUE, [*_wanted(), RETRY_SECONDS])
        for row in rows:
            await _run(row["name"], jobs[row["name"]])
    finally:
        await guard.execute(statements.GIVE_TURN, LOCK)
    return [row["name"] for row in rows]


async def _run(name: str, run: Run) -> None:
    error = None
    try:
        async with asyncio.timeout(JOB_SECONDS):
            await run(now=clock.now())
    # Whatever is wrong with one job, the others must run.
    except Exception as failure:  # noqa: BLE001
        error = type(failure).__name__
        if is_outage(failure) and not is_lock_wait(failure):
            DATABASE.failed(error, PART)
        else:
            _failing(name).failed(error, exc_info=failure)
    else:
        _failing(name).worked()
    await connection().execute_query_dict(statements.ENDED, [name, error])


def _announced() -> str:
    return f"yikou jobs {crc32(repr(sorted(periods().items())).encode()):08x}"


@cache
def _failing(name: str) -> Spell:
    return Spell("job_failed", "job_works_again", level=logging.ERROR, job=name)


def _wanted() -> tuple[list[str], list[int]]:
    return list(periods()), list(periods().values())
