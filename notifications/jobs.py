"""Periodic jobs: named in `config/data/jobs.yaml`, each run by one worker of the deployment.

Jobs are code: a city's own file says how often each runs, and neither adds nor leaves out one.
The file names functions of any layer, so that the worker need not import the layers above it.
"""

import asyncio
import difflib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated

import asyncpg
from pydantic import BaseModel, ConfigDict, Field
from tortoise.backends.base.client import BaseDBAsyncClient

from config import clock, sources
from config.database import connection, single, url
from config.errors import StartError
from config.outages import DATABASE, Spell, is_outage
from config.patience import WORK
from config.sources import BadRow, Entries, Find, line_of, read_yaml, shown, take
from notifications.sending.worker import DATABASE_AWAY

FILE = "jobs.yaml"
# Any number will do, as long as every release uses the same.
LOCK = 0x6A6F6273
LOOK_SECONDS = 2.0
JOB_SECONDS = 600.0
RETRY_SECONDS = 60
PART = "periodic jobs"

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


Run = Callable[..., Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that runs `every` so many seconds, and is given the moment at which it begins."""

    name: str
    run: Run
    every: int


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z_]{1,64}$")]
    call: str
    every: Annotated[int, Field(strict=True, ge=1, le=86_400)]


@cache
def periodic_jobs() -> dict[str, Periodic]:
    """Every job by name; raises StartError that names each bad row."""
    bad: list[BadRow] = []
    found = read(bad)
    if bad:
        raise StartError("\n".join(map(str, bad)))
    return found


def read(bad: list[BadRow], find: Find = sources.find) -> dict[str, Periodic]:
    """The good jobs by name; never stops at a bad row, such as one that is no job of ours."""
    path = find(FILE)
    ours = {row.name: row.call for _, row in _rows(sources.DATA / FILE, []) if row}
    found: dict[str, Periodic] = {}
    if not (rows := _rows(path, bad)):
        return found
    for at, row in rows:
        if row and (fault := _fault(row, ours, found)):
            bad.append(replace(at, reason=fault))
        elif row and (run := _find(row.call)):
            found[row.name] = Periodic(row.name, run, row.every)
        elif row:
            bad.append(replace(at, reason="call: 没有这个函数 / there is no such function"))
    given = {at.row for at, _ in rows}
    bad += [
        BadRow(shown(path), name, "缺少这个任务，每个任务都须运行 / is missing: every job must run")
        for name in ours
        if name not in given
    ]
    return found


def _fault(row: _Row, ours: dict[str, str], found: dict[str, Periodic]) -> str | None:
    if row.name in found:
        return "重复 / is given twice"
    if row.name not in ours:
        near = difflib.get_close_matches(row.name, ours, 1)
        guess = f"，是否为 / did you mean {near[0]}?" if near else ""
        return f"没有这个任务 / there is no such job{guess}"
    if row.call != ours[row.name]:
        return f"call: 须为 / must be {ours[row.name]}"
    return None


def _rows(path: Path, bad: list[BadRow]) -> list[tuple[BadRow, _Row | None]]:
    """The rows with their places; None for a bad one."""
    entries = read_yaml(path, bad, Entries)
    rows = []
    for number, content in enumerate(entries):
        name = content.get("name") if isinstance(content, dict) else None
        at = BadRow(shown(path), str(name or f"job {number + 1}"), "", line_of(entries, [number]))
        rows.append((at, take(_Row, content, at=at, bad=bad)))
    return rows


async def late(using: BaseDBAsyncClient | None = None) -> list[str]:
    """Names of the jobs that have not ended for three of their periods."""
    rows = await (using or connection()).execute_query_dict(LATE, [*_periods(), JOB_SECONDS])
    return [row["name"] for row in rows]


async def run_periodically() -> None:
    """Run what is due whenever the lock is ours, until cancelled; a failing job is tried again."""
    guard: asyncpg.Connection[asyncpg.Record] | None = None
    try:
        while True:
            try:
                # Session state, so a connection of its own: the pool's are shared.
                guard = (
                    guard if guard and not guard.is_closed() else await single(url(), patience=WORK)
                )
                await run_due(guard)
                DATABASE.worked(PART)
            except (StartError, *DATABASE_AWAY) as error:
                DATABASE.failed(type(error).__name__, PART)
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
            await job.run(now=clock.now())
    # Whatever is wrong with one job, the others must run.
    except Exception as failure:  # noqa: BLE001
        error = type(failure).__name__
        if is_outage(failure):
            DATABASE.failed(error, PART)
        else:
            _failing(job.name).failed(error, exc_info=failure)
    else:
        _failing(job.name).worked()
    await connection().execute_query_dict(ENDED, [job.name, error])


@cache
def _failing(name: str) -> Spell:
    return Spell("job_failed", "job_works_again", level=logging.ERROR, job=name)


def _periods() -> tuple[list[str], list[int]]:
    jobs = periodic_jobs().values()
    return [job.name for job in jobs], [job.every for job in jobs]


def _find(call: str) -> Run | None:
    module, _, function = call.partition(":")
    try:
        found: Run | None = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError):
        return None
    return found
