"""Requests that the database, or whatever else, does not let come to their end."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from backend.http import outage
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from backend.idempotency import keys
from backend.identity import sessions
from backend.identity.actors import ResidentActor
from config import clock, database
from config.database import connection
from config.outages import DATABASE
from config.patience import PERSON, UPKEEP
from miniprogram_api.endpoints import cases, me, messages
from models import Audience, Case, SubscriptionCredit
from notifications.channels.wechat.templates import templates
from tests.backend.cases.factories import FORM, ITEM, a_file, an_actor
from tests.line import Line, pool_on_a_line
from tests.people import until
from tests.serving import Heard, Served, served
from tests.stage import Databases, Kind

PAPERS = ("id_card", "household_register", "economic_check_authorisation")
UNAVAILABLE = (503, "database_unavailable")


@pytest.fixture
async def line(databases: Databases) -> AsyncIterator[Line]:
    async with pool_on_a_line(databases, Kind.CITY, patience=PERSON) as line:
        yield line


@pytest.fixture
async def api(line: Line) -> AsyncIterator[Served]:
    async with served([me.routes, cases.routes, messages.routes]) as api:
        yield api


async def an_application() -> tuple[ResidentActor, str, dict[str, Any]]:
    """Somebody, their token, and what they hand in."""
    who = await an_actor()
    file_id = str(await a_file(who))
    materials = [{"material_code": paper, "file_id": file_id} for paper in PAPERS]
    token = (await sessions.start(Audience.RESIDENT, who.id, now=clock.now())).access_token
    return who, token, {"item_code": ITEM, "form": FORM, "materials": materials}


def told(heard: Heard) -> tuple[int, str]:
    """A problem's status and code; it says when to come back."""
    assert int(heard.headers["Retry-After"]) > 0
    return heard.status, heard.code


async def test_a_commit_whose_answer_was_lost_has_happened_once(api: Served, line: Line) -> None:
    _, token, _ = await an_application()
    body = {"results": {templates()["case_progress"].id: "accept"}}
    asking = {"token": token, "Idempotency-Key": "the-key"}

    line.losing = b"COMMIT"
    cut = await api.ask("POST", "/api/v1/subscriptions", body, **asking)
    again = await api.ask("POST", "/api/v1/subscriptions", body, **asking)

    assert line.lost == 1
    assert told(cut) == UNAVAILABLE
    assert again.status == 204
    assert again.headers["Idempotent-Replayed"] == "true"
    assert [credit.hints for credit in await SubscriptionCredit.all()] == [1]


async def test_a_submission_whose_answer_was_lost_has_happened_once(
    api: Served, line: Line
) -> None:
    who, token, body = await an_application()
    asking = {"token": token, "Idempotency-Key": "the-key"}
    once = keys.once(f"resident:{who.id}", "the-key", method="POST", path="", body=b"")

    # The one statement that does it all is the one with the key.
    line.losing = once.id.encode()
    cut = await api.ask("POST", "/api/v1/cases", body, **asking)
    again = await api.ask("POST", "/api/v1/cases", body, **asking)

    assert line.lost == 1
    assert told(cut) == UNAVAILABLE
    assert again.status == 201
    assert [str(case.id) for case in await Case.all()] == [again.body["id"]]


async def test_an_outage_is_told_in_two_lines_with_the_number_of_the_refused(
    api: Served, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token, body = await an_application()

    async def calm() -> bool:
        return not outage._watching  # noqa: SLF001 - that of another test is over

    await until(calm)
    monkeypatch.setattr(DATABASE, "_failed", {})
    line.talking.clear()
    with capture_logs() as lines:
        asked = [api.ask("GET", "/api/v1/me", token=token) for _ in range(5)]
        key = {"Idempotency-Key": "k"}
        refused = await asyncio.gather(
            *asked, api.ask("POST", "/api/v1/cases", body, token=token, **key)
        )
        line.talking.set()

        async def back() -> bool:
            return any(line["event"] == "database_back" for line in lines)

        await until(back)
    assert {told(heard) for heard in refused} == {UNAVAILABLE}
    said = [line for line in lines if line["event"].startswith("database")]
    assert [line["event"] for line in said] == ["database_unavailable", "database_back"]
    assert said[1]["failures"] == len(refused)
    assert (await api.ask("POST", "/api/v1/cases", body, token=token, **key)).status == 201


never = Routes("never", prefix="/never", guard=Guard.OPEN, unrecorded="of a test")
INSERT = "INSERT INTO job (name, ended_at) VALUES ('mine', now())"


@never.post("/ends", seconds=1.0)
async def never_ends(_call: Call[Nothing, NoQuery]) -> Answer[None]:
    """Write, and wait for nothing that could come."""
    await connection().execute_query(INSERT)
    await asyncio.Event().wait()
    raise AssertionError


@never.post("/answered", seconds=0.3)
async def never_answered(_call: Call[Nothing, NoQuery]) -> Answer[None]:
    """Write, and wait for PostgreSQL."""
    await connection().execute_query(INSERT)
    await connection().execute_query("SELECT pg_sleep(3600)")
    raise AssertionError


@never.post("/kept", seconds=0.3, keyed=Keyed.AFTER)
async def never_kept(_call: Call[Nothing, NoQuery]) -> Answer[None]:
    """Wait for nothing that could come, with the key held."""
    await asyncio.Event().wait()
    raise AssertionError


@never.post("/locked")
async def never_free(_call: Call[Nothing, NoQuery]) -> Answer[None]:
    """Write what another transaction is writing."""
    await connection().execute_query(INSERT)
    raise AssertionError


async def test_a_row_that_another_holds_is_no_outage_of_the_database(databases: Databases) -> None:
    async with (
        pool_on_a_line(databases, Kind.EMPTY, patience=replace(PERSON, lock=0.2)),
        served([never]) as api,
    ):
        async with database.transaction():
            await connection().execute_query(INSERT)
            with capture_logs() as lines:
                heard = await api.ask("POST", "/never/locked", **{"Idempotency-Key": "k"})
        assert told(heard) == UNAVAILABLE
        assert [line for line in lines if line["log_level"] != "info"] == [
            {"event": "lock_not_available", "log_level": "warning", "route": "/never/locked"}
        ]


@pytest.mark.parametrize(
    ("path", "code"), [("ends", "unavailable"), ("answered", "database_unavailable")]
)
async def test_a_request_that_takes_too_long_is_ended_and_undone(
    databases: Databases, path: str, code: str
) -> None:
    async with (
        pool_on_a_line(databases, Kind.EMPTY, patience=UPKEEP, pool=2),
        served([never]) as api,
    ):
        # More often than the pool has connections, with one key: it is free again each time.
        for _ in range(3):

            async def accepted() -> Heard | None:
                heard = await api.ask("POST", f"/never/{path}", **{"Idempotency-Key": "k"})
                # Until the server has seen that nobody waits, within a second.
                return None if heard.code == "idempotency_key_in_flight" else heard

            assert told(await until(accepted)) == (503, code)
        assert await connection().execute_query_dict("SELECT name FROM job") == []


async def test_a_key_that_was_held_outside_a_transaction_is_free_after_the_end(
    databases: Databases,
) -> None:
    async with (
        pool_on_a_line(databases, Kind.EMPTY, patience=UPKEEP, pool=2),
        served([never]) as api,
    ):
        for _ in range(2):
            heard = await api.ask("POST", "/never/kept", **{"Idempotency-Key": "k"})
            assert told(heard) == (503, "unavailable")
