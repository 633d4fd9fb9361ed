"""PostgreSQL without room, as far as a test can go: it says so itself, by its SQLSTATE for it."""

from collections.abc import AsyncIterator
from math import inf
from typing import cast

import asyncpg
import pytest
from structlog.testing import capture_logs

from backend.http import outage, system
from backend.identity import sessions
from backend.identity.actors import ResidentActor
from config import clock, outages
from config.client import Client
from config.database import aside, credentials, single, url
from miniprogram_api.endpoints import cases, me
from models import Audience, Case
from tests.backend.cases.factories import COMMUNITY, FORM, ITEM, an_actor
from tests.backend.cases.test_submit import papers
from tests.serving import Served, served
from tests.stage import WORKER, Kind, owner_url

FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not extend file "base/5/1259": No space left on device'
        USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON "case" EXECUTE FUNCTION full_disk();
CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON resident EXECUTE FUNCTION full_disk();
"""
ROOM_AGAIN = "DROP FUNCTION full_disk CASCADE"
NOBODY_NEW = """
CREATE FUNCTION full_at_login() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'could not write init file: No space left on device'
        USING ERRCODE = 'disk_full';
END $$;
CREATE EVENT TRIGGER full_at_login ON login EXECUTE FUNCTION full_at_login();
"""


@pytest.fixture
async def api(city: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setattr(outage._full, "_failed", {})  # noqa: SLF001 - that of another test is over
    async with served([cases.routes, me.routes, system.routes]) as api:
        yield api


@pytest.fixture
async def disk(api: Served) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Whoever owns the tables, while the disk is full."""
    owner = await single(owner_url(f"{Kind.CITY}_{WORKER}"))
    await owner.execute(FULL)
    yield owner
    await owner.execute(ROOM_AGAIN.replace("FUNCTION", "FUNCTION IF EXISTS"))
    await owner.close()


async def token_of(resident: ResidentActor) -> str:
    return (await sessions.start(Audience.RESIDENT, resident.id, now=clock.now())).access_token


async def test_while_the_disk_is_full_writes_are_507_reads_go_on_and_the_log_says_it_twice(
    api: Served,
    disk: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = 0.0
    monkeypatch.setattr(outages, "monotonic", lambda: later)
    token = await token_of(await an_actor_before(disk))

    with capture_logs() as logs:
        written = [
            await api.ask("PUT", "/api/v1/me", {"community_code": COMMUNITY}, token=token)
            for _ in range(3)
        ]
        read = [await api.ask("GET", path, token=token) for path in ("/api/v1/me", "/api/v1/cases")]
        ready = await api.ask("GET", "/readyz")
        await disk.execute(ROOM_AGAIN)
        for _ in range(2):
            await api.ask("PUT", "/api/v1/me", {"community_code": COMMUNITY}, token=token)
            later += outage.ROOM_SECONDS

    assert {(heard.status, heard.code) for heard in written} == {(507, "storage_full")}
    assert written[0].headers["Retry-After"] == "60"
    assert "已满" in written[0].body["detail"]
    assert [heard.status for heard in read] == [200, 200]
    assert (ready.status, ready.body["storage"]) == (200, "full")
    told = [line for line in logs if line["log_level"] in {"warning", "error"}]
    assert [(line["event"], line.get("error"), line.get("failures")) for line in told] == [
        ("storage_full", "DiskFullError", None),
        ("storage_has_room", None, 3),
    ]


async def test_a_full_disk_that_lets_nobody_new_in_is_no_database_that_is_away(
    api: Served, disk: "asyncpg.Connection[asyncpg.Record]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outage._seen, "full", -inf)  # noqa: SLF001 - that of another test is over
    token = await token_of(await an_actor_before(disk))
    await cast("Client", aside()).close()
    await disk.execute(NOBODY_NEW)
    try:
        with pytest.raises(asyncpg.DiskFullError):
            await asyncpg.connect(**credentials(url()))
        read = await api.ask("GET", "/api/v1/me", token=token)
        full = [await api.ask("GET", "/readyz") for _ in range(3)]
    finally:
        await disk.execute("DROP FUNCTION full_at_login CASCADE")
    after = await api.ask("GET", "/readyz")

    assert read.status == 200
    assert [answer.status for answer in full] == [200] * 3
    assert {answer.body["database"] for answer in full} == {"ok"}
    assert {answer.body["storage"] for answer in full} == {"full"}
    assert {answer.body["oldest_unsent_seconds"] for answer in full} == {None}
    assert after.body["oldest_unsent_seconds"] == 0


async def test_once_there_is_room_again_the_same_request_goes_through(
    api: Served, disk: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    resident = await an_actor_before(disk)
    token = await token_of(resident)
    application = {
        "item_code": ITEM,
        "form": FORM,
        "materials": [
            {"material_code": code, "file_id": str(file_id)}
            for code, file_id in await papers(resident)
        ],
    }

    async def submit() -> int:
        headers = {"Idempotency-Key": "k"}
        heard = await api.ask("POST", "/api/v1/cases", application, token=token, **headers)
        return heard.status

    assert await submit() == 507
    assert await Case.all().count() == 0
    await disk.execute(ROOM_AGAIN)

    assert [await submit(), await submit()] == [201, 201]
    assert await Case.all().count() == 1


async def an_actor_before(disk: "asyncpg.Connection[asyncpg.Record]") -> ResidentActor:
    """A resident of before the disk was full."""
    await disk.execute("ALTER TABLE resident DISABLE TRIGGER full_disk")
    resident = await an_actor()
    await disk.execute("ALTER TABLE resident ENABLE TRIGGER full_disk")
    return resident
