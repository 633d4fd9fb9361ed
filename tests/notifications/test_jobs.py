"""Periodic jobs: which exist, who runs them, what they leave behind; and how far workers lag."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest
from tortoise import timezone

from config import database
from config.embedded import postgres
from models import Audience, IdempotencyKey, Job, PushEvent, RefreshToken, Session
from notifications import backlog, jobs
from notifications.jobs import Periodic
from notifications.purge import purge
from tests import stage
from tests.notifications.factories import a_delivery, a_resident

pytestmark = pytest.mark.usefixtures("database")
RIVALS = 8


@pytest.fixture
async def guards() -> AsyncIterator[list[asyncpg.Connection]]:
    """A connection of its own for each of the rival workers."""
    url = postgres.url(stage.RUN_DIR, f"{stage.Kind.EMPTY}_{stage.WORKER}")
    opened = [await database.single(url) for _ in range(RIVALS)]
    yield opened
    for guard in opened:
        await guard.close()


def _only(monkeypatch: pytest.MonkeyPatch, run: Callable[[], Awaitable[object]]) -> None:
    found = {"count": Periodic("count", run, every=60)}
    monkeypatch.setattr(jobs, "periodic_jobs", lambda: found)


def test_every_job_of_the_file_is_there() -> None:
    assert all(inspect.iscoroutinefunction(job.run) for job in jobs.periodic_jobs().values())


async def test_one_of_many_workers_runs_a_due_job(
    guards: list[asyncpg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []

    async def count() -> None:
        runs.append(1)
        await asyncio.sleep(0.2)

    _only(monkeypatch, count)

    ran = await asyncio.gather(*(jobs.run_due(guard) for guard in guards))
    again = await jobs.run_due(guards[0])

    assert len(runs) == 1
    assert sorted(ran, reverse=True) == [["count"]] + [[]] * (RIVALS - 1)
    assert again == []


async def test_a_failing_job_says_so_and_is_tried_again(
    guards: list[asyncpg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> None:
        raise LookupError("with details that nobody needs to see")

    _only(monkeypatch, fail)

    await jobs.run_due(guards[0])
    job = await Job.get(name="count")
    await Job.filter(name="count").update(ended_at=timezone.now() - timedelta(minutes=2))

    assert job.error == "LookupError"
    assert await jobs.run_due(guards[0]) == ["count"]


async def test_a_job_that_stopped_running_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _only(monkeypatch, purge)
    await Job.create(name="count", ended_at=timezone.now())
    in_time = await jobs.late()
    await Job.filter(name="count").update(ended_at=timezone.now() - timedelta(hours=1))

    assert in_time == []
    assert await jobs.late() == ["count"]


async def test_the_purge_forgets_only_what_has_served_its_time() -> None:
    old, now = timezone.now() - timedelta(days=31), timezone.now()
    for age, at in (("old", old), ("new", now)):
        await IdempotencyKey.create(id=age, body_hash=b"", status=200, answer=b"")
        await IdempotencyKey.filter(id=age).update(created_at=at)
        await PushEvent.create(digest=age, event="debug_demo")
        await PushEvent.filter(digest=age).update(received_at=at)
        session = await Session.create(
            audience=Audience.RESIDENT, resident=await a_resident(), expires_at=at
        )
        await RefreshToken.create(session=session, token_hash=age, used_at=now)

    await purge()

    assert [key.id for key in await IdempotencyKey.all()] == ["new"]
    assert [event.digest for event in await PushEvent.all()] == ["new"]
    assert [token.token_hash for token in await RefreshToken.all()] == ["new"]


async def test_the_lag_is_that_of_the_longest_due() -> None:
    idle = await backlog.oldest_unsent_seconds()
    now = timezone.now()
    await a_delivery(due_at=now + timedelta(hours=1))
    await a_delivery(due_at=now - timedelta(minutes=5))
    await a_delivery(due_at=now - timedelta(minutes=1))

    assert idle == 0
    assert 300 <= await backlog.oldest_unsent_seconds() < 400
