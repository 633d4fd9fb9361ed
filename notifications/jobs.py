"""Periodic jobs: named in `config/data/jobs.yaml`, each run by one worker of the deployment.

The file names functions of any layer, so that the worker need not import the layers above it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import asyncpg
import structlog
from tortoise.backends.base.client import BaseDBAsyncClient

from config import sources
from config.database import connection, single, url
from config.errors import StartError
from config.outages import Spell
from config.patience import WORK
from config.sources import Entries
from notifications.worker import DATABASE_AWAY

# Jobs are code, so a city has none of its own.
DATA = sources.DATA / "jobs.yaml"
# Any number will do, as long as every release uses the same.
LOCK = 0x6A6F6273
LOOK_SECONDS = 2.0
JOB_SECONDS = 600.0
RETRY_SECONDS = 60

DUE = """
SELECT name FROM unnest($1::text[], $2::int[]) AS wanted(name, every) LEFT JOIN job USING (name)
WHERE job.ended_at IS NULL OR job.ended_at <= now() - interval '1 second'
      * CASE WHEN job.error IS NULL THEN every ELSE least(every, $3) END
"""
ENDED = """
INSERT INTO job (name, ended_at, error) VALUES ($1, now(), $2)
ON CONFLICT (name) DO UPDATE SET ended_at = excluded.ended_at, error = excluded.error
"""
LATE = """
SELECT name FROM unnest($1::text[], $2::int[]) AS wanted(name, every) JOIN job USING (name)
WHERE job.ended_at < now() - interval '1 second' * (every * 3 + $3)
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that runs `every` so many seconds."""

    name: str
    run: Callable[[], Awaitable[object]]
    every: int


@cache
def periodic_jobs() -> dict[str, Periodic]:
    """Every job by name; raises ImportError or AttributeError for a function that isn't there."""
    rows = sources.read_yaml(DATA, [], Entries)
    return {row["name"]: Periodic(row["name"], _find(row["call"]), row["every"]) for row in rows}


async def late(using: BaseDBAsyncClient | None = None) -> list[str]:
    """Names of the jobs that have not ended for three of their periods."""
    rows = await (using or connection()).execute_query_dict(LATE, [*_periods(), JOB_SECONDS])
    return [row["name"] for row in rows]


async def run_periodically() -> None:
    """Run what is due whenever the lock is ours, until cancelled; a failing job is tried again."""
    guard: asyncpg.Connection[asyncpg.Record] | None = None
    looking = Spell("jobs_not_run", "jobs_run_again")
    try:
        while True:
            try:
                # Session state, so a connection of its own: the pool's are shared.
                guard = (
                    guard if guard and not guard.is_closed() else await single(url(), patience=WORK)
                )
                await run_due(guard)
                looking.worked()
            except (StartError, *DATABASE_AWAY) as error:
                looking.failed(type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        if guard:
            guard.terminate()


async def run_due(guard: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    """Run the due jobs, one after the other, unless another connection holds the lock."""
    if not await guard.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
        return []
    try:
        rows = await connection().execute_query_dict(DUE, [*_periods(), RETRY_SECONDS])
        for row in rows:
            await _run(periodic_jobs()[row["name"]])
    finally:
        await guard.execute("SELECT pg_advisory_unlock($1)", LOCK)
    return [row["name"] for row in rows]


async def _run(job: Periodic) -> None:
    error = None
    try:
        async with asyncio.timeout(JOB_SECONDS):
            await job.run()
    # Whatever is wrong with one job, the others must run.
    except Exception as failure:
        log.exception("job_failed", job=job.name)
        error = type(failure).__name__
    await connection().execute_query_dict(ENDED, [job.name, error])


def _periods() -> tuple[list[str], list[int]]:
    jobs = periodic_jobs().values()
    return [job.name for job in jobs], [job.every for job in jobs]


def _find(call: str) -> Callable[[], Awaitable[object]]:
    module, _, function = call.partition(":")
    found: Callable[[], Awaitable[object]] = getattr(import_module(module), function)
    return found
