"""What operators and load balancers ask."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextvars import copy_context
from math import inf
from pathlib import Path

import pytest

from backend.http import draining, outage, system
from config.database import connection, transaction
from config.redis import redis
from config.settings import settings
from tests.people import until
from tests.serving import Served, served


@pytest.fixture
async def api(database: None) -> AsyncIterator[Served]:
    async with served([system.routes]) as api:
        yield api


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_it_is_outside_every_rate_limit(
    path: str, api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIKOU_RATE_LIMITS", "on")
    settings.cache_clear()
    try:
        answer = await api.ask("GET", path)
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert answer.status == 200
    assert "RateLimit-Limit" not in answer.headers
    assert await redis().keys("rate:*") == []


async def test_readiness_waits_for_no_database_and_liveness_asks_none(api: Served) -> None:
    async with transaction() as away:
        await away.execute_query("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE")

        answers = await asyncio.gather(*[api.ask("GET", "/readyz") for _ in range(20)])
        alive = await api.ask("GET", "/healthz")

        asked = await away.execute_query_dict(
            "SELECT count(*) AS n FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE '%FROM delivery%'"
            " AND wait_event_type = 'Lock'"
        )
    assert {answer.status for answer in answers} == {503}
    assert {answer.body["database"] for answer in answers} == {"away"}
    assert {answer.body["redis"] for answer in answers} == {"ok"}
    assert alive.status == 200
    assert asked[0]["n"] <= 1

    async def ready() -> bool:
        return (await api.ask("GET", "/readyz")).status == 200

    await until(ready)


async def test_a_loop_that_is_late_is_no_database_that_is_away(api: Served) -> None:
    assert (await api.ask("GET", "/readyz")).status == 200
    over = asyncio.Event()

    async def busy() -> None:
        while not over.is_set():
            time.sleep(0.3)  # noqa: ASYNC251 - it computes
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(busy())
        answer = await api.ask("GET", "/readyz")
        over.set()

    assert (answer.status, answer.body["database"]) == (200, "ok")


async def test_requests_that_take_the_whole_pool_are_no_database_that_is_away(
    api: Served,
) -> None:
    outside = copy_context()

    async def wait() -> None:
        await connection().execute_query("SELECT count(*) FROM resident")

    async with asyncio.TaskGroup() as group, transaction() as holder:
        await holder.execute_query("LOCK TABLE resident IN ACCESS EXCLUSIVE MODE")
        waiting = [
            group.create_task(wait(), context=outside) for _ in range(settings().database_pool)
        ]
        answer = await api.ask("GET", "/readyz")
        assert not any(one.done() for one in waiting)

    assert (answer.status, answer.body["database"]) == (200, "ok")


async def test_the_room_on_the_disk_is_told(api: Served) -> None:
    ready = await api.ask("GET", "/readyz")
    metrics = await api.ask("GET", "/metrics")

    assert ready.body["free_bytes"] > 0
    assert b"\nyikou_disk_free_bytes " in metrics.body


async def test_the_disk_with_less_room_is_told_where_files_have_one_of_their_own(
    api: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usage = shutil.disk_usage(tmp_path)
    rooms: dict[Path, int] = {}
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=rooms[place]))
    monkeypatch.setenv("YIKOU_VAR_DIR", str(tmp_path))
    settings.cache_clear()
    told = []
    try:
        for files, var in ((5, 7), (8, 6)):
            rooms |= {tmp_path / "files": files, tmp_path: var}
            told.append((await api.ask("GET", "/readyz")).body["free_bytes"])
        metrics = await api.ask("GET", "/metrics")
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert told == [5, 6]
    assert b"\nyikou_disk_free_bytes 6.0\n" in metrics.body


@pytest.mark.parametrize(
    ("free", "storage"), [(0, "full"), (system.ROOM_BYTES - 1, "full"), (system.ROOM_BYTES, "ok")]
)
async def test_a_disk_without_room_for_a_file_is_told_by_one_that_still_serves_readers(
    free: int, storage: str, api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outage._seen, "full", -inf)  # noqa: SLF001 - that of another test is over
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: usage._replace(free=free))

    answer = await api.ask("GET", "/readyz")

    assert (answer.status, answer.body["status"]) == (200, "ready")
    assert (answer.body["storage"], answer.body["free_bytes"]) == (storage, free)


async def test_without_a_var_dir_it_is_ready_all_the_same(
    api: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIKOU_VAR_DIR", str(tmp_path / "missing"))
    settings.cache_clear()
    try:
        answer = await api.ask("GET", "/readyz")
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert (answer.status, answer.body["free_bytes"]) == (200, None)


async def test_one_that_leaves_says_so_and_closes_its_connections(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(draining._state, "draining", True)  # noqa: SLF001 - it never ends again

    answer = await api.ask("GET", "/readyz")

    assert (answer.status, answer.body["status"]) == (503, "draining")
    assert answer.headers["Connection"] == "close"
