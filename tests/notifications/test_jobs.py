"""Periodic jobs: which exist, who runs them, what they leave behind; and how far workers lag."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs
from tortoise import timezone

from config import clock, database, sources
from config.embedded import postgres
from config.sources import BadRow
from miniprogram_api.process import jobs
from miniprogram_api.process.jobs import JOBS, purge
from models import Audience, IdempotencyKey, Job, PushEvent, RefreshToken, Session
from notifications.jobs import periods, running
from notifications.jobs.running import Jobs, Run
from notifications.sending import gauges
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


def _only(monkeypatch: pytest.MonkeyPatch, run: Run) -> Jobs:
    monkeypatch.setattr(running, "periods", lambda: {"count": 60})
    return {"count": run}


def test_the_worker_is_given_every_job_of_the_file_and_no_other() -> None:
    assert JOBS.keys() == periods.periods().keys()


async def test_one_of_many_workers_runs_a_due_job(
    guards: list[asyncpg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[datetime] = []

    async def count(*, now: datetime) -> None:
        runs.append(now)
        await asyncio.sleep(0.2)

    jobs = _only(monkeypatch, count)

    ran = await asyncio.gather(*(running.run_due(guard, jobs) for guard in guards))
    again = await running.run_due(guards[0], jobs)

    assert len(runs) == 1
    assert sorted(ran, reverse=True) == [["count"]] + [[]] * (RIVALS - 1)
    assert again == []


async def test_a_failing_job_says_so_and_is_tried_again(
    guards: list[asyncpg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*, now: datetime) -> None:
        raise LookupError("with details that nobody needs to see")

    jobs = _only(monkeypatch, fail)

    await running.run_due(guards[0], jobs)
    job = await Job.get(name="count")
    await Job.filter(name="count").update(ended_at=timezone.now() - timedelta(minutes=2))

    assert job.error == "LookupError"
    assert await running.run_due(guards[0], jobs) == ["count"]


@pytest.mark.parametrize(
    "fault", [LookupError("no such row"), asyncpg.LockNotAvailableError("another holds the row")]
)
async def test_a_job_that_fails_again_and_again_is_told_once_and_when_it_works(
    guards: list[asyncpg.Connection], monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    running._failing.cache_clear()  # noqa: SLF001 - that of another test is over
    faults = [fault] * 3

    async def run(*, now: datetime) -> None:
        if faults:
            raise faults.pop()

    jobs = _only(monkeypatch, run)
    with capture_logs() as lines:
        for _ in range(5):
            await running.run_due(guards[0], jobs)
            await Job.filter(name="count").update(ended_at=timezone.now() - timedelta(minutes=2))

    assert [(line["event"], line["job"], "exc_info" in line) for line in lines] == [
        ("job_failed", "count", True),
        ("job_works_again", "count", False),
    ]


async def test_a_job_that_stopped_running_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _only(monkeypatch, purge)
    await Job.create(name="count", ended_at=timezone.now())
    in_time = await running.late()
    await Job.filter(name="count").update(ended_at=timezone.now() - timedelta(hours=1))

    assert in_time == []
    assert await running.late() == ["count"]


async def test_the_purge_forgets_only_what_has_served_its_time() -> None:
    old, now = timezone.now() - timedelta(days=31), timezone.now()
    for age, at in (("old", old), ("new", now)):
        await IdempotencyKey.create(
            id=age, body_hash=b"", status=200, answer=b"", created_at=clock.now()
        )
        await IdempotencyKey.filter(id=age).update(created_at=at)
        await PushEvent.create(digest=age, event="debug_demo", received_at=clock.now())
        await PushEvent.filter(digest=age).update(received_at=at)
        session = await Session.create(
            audience=Audience.RESIDENT,
            resident=await a_resident(),
            expires_at=at,
            created_at=clock.now(),
        )
        await RefreshToken.create(
            session=session, token_hash=age, used_at=now, created_at=clock.now()
        )

    await purge(now=clock.now())

    assert [key.id for key in await IdempotencyKey.all()] == ["new"]
    assert [event.digest for event in await PushEvent.all()] == ["new"]
    assert [token.token_hash for token in await RefreshToken.all()] == ["new"]


async def test_a_part_of_a_job_that_fails_keeps_no_other_from_its_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fails(*, now: datetime) -> int:
        raise LookupError("no such row")

    old, now = clock.now() - timedelta(days=31), clock.now()
    await PushEvent.create(digest="old", event="debug_demo", received_at=old)
    monkeypatch.setattr(jobs, "FORGETTING", {"broken": fails} | jobs.FORGETTING)

    with pytest.raises(LookupError):
        await jobs.purge(now=now)

    assert await PushEvent.all().count() == 0


async def test_the_lag_is_that_of_the_longest_due() -> None:
    idle = await gauges.oldest_unsent_seconds()
    now = timezone.now()
    await a_delivery(due_at=now + timedelta(hours=1))
    await a_delivery(due_at=now - timedelta(minutes=5))
    await a_delivery(due_at=now - timedelta(minutes=1))

    assert idle == 0
    assert 300 <= await gauges.oldest_unsent_seconds() < 400


BUILT_IN = (sources.DATA / "jobs.yaml").read_text(encoding="utf-8")
PURGE = "- name: purge\n  every: 60\n"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("every: 10\n", "every: -5\n", "4: sweep_deliveries: every: 超出允许的范围，不能小于 1"),
        ("every: 10\n", "every: 0\n", "4: sweep_deliveries: every: 超出允许的范围，不能小于 1"),
        ("every: 10\n", "every: 9999999999\n", "4: sweep_deliveries: every: 超出允许的范围"),
        ("every: 10\n", "every: ten\n", "4: sweep_deliveries: every: 应为整数 / must be a whole"),
        ("every: 10\n", "evry: 10\n", "4: sweep_deliveries: evry: 不认识的字段"),
        ("name: purge", "name: prge", "5: prge: 没有这个任务，是否为"),
        ("- name: erase", f"{PURGE}- name: erase", "17: purge: 重复 / is given twice"),
        (
            "  every: 10\n",
            "  call: os:getpid\n  every: 10\n",
            "4: sweep_deliveries: call: 不认识的字段",
        ),
    ],
)
def test_a_fault_in_the_citys_jobs_is_one_sentence_with_its_line(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    path = tmp_path / "jobs.yaml"
    path.write_text(BUILT_IN.replace(before, after, 1), encoding="utf-8")
    bad: list[BadRow] = []

    periods.read(bad, lambda name: tmp_path / name)

    shown = [str(row).removeprefix(f"{path}:") for row in bad]
    assert any(each.startswith(told) for each in shown), shown


async def test_workers_with_other_periods_are_told_once_and_when_they_agree(
    guards: list[asyncpg.Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = guards
    with capture_logs() as lines:
        for every in (60, 90, 60):
            monkeypatch.setattr(running, "periods", lambda: {"count": 60})
            await running.announce(first)
            monkeypatch.setattr(running, "periods", lambda every=every: {"count": every})
            await running.announce(second)
            for _ in range(2):
                await running.compare(second)

    assert [line["event"] for line in lines] == ["jobs_differ", "jobs_agree"]
    assert lines[0]["error"] == "workers: 1"


def test_a_job_whose_name_is_misspelt_is_not_missing_as_well(tmp_path: Path) -> None:
    path = tmp_path / "jobs.yaml"
    path.write_text(BUILT_IN.replace("name: erase", "name: eraze"), encoding="utf-8")
    bad: list[BadRow] = []

    periods.read(bad, lambda name: tmp_path / name)

    [told] = bad
    assert told.row == "eraze"
    assert told.reason.endswith("did you mean erase?")


def test_a_city_says_how_often_its_jobs_run_and_leaves_out_none(tmp_path: Path) -> None:
    path = tmp_path / "jobs.yaml"
    path.write_text(BUILT_IN.replace("every: 3600", "every: 60"), encoding="utf-8")
    bad: list[BadRow] = []
    assert periods.read(bad, lambda name: tmp_path / name)["purge"] == 60
    assert bad == []

    path.write_text(BUILT_IN[: BUILT_IN.index("- name: erase")], encoding="utf-8")
    periods.read(bad, lambda name: tmp_path / name)

    [told] = bad
    assert (told.row, "is missing" in told.reason) == ("erase", True)
