"""One action on many cases: each as if alone, safe to repeat, finished where it was interrupted."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from backend.audit import OPERATOR
from backend.cases.acts import accept
from backend.cases.record.snapshot import Snapshot
from backend.identity import posts, sessions, staff
from config import clock
from config.database import connection
from miniprogram_api import server
from models import (
    AccessRecord,
    Audience,
    CaseEvent,
    CaseStatus,
    IdempotencyKey,
    Message,
    Role,
    Task,
)
from tests import stage
from tests.backend.cases import factories
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, a_case
from tests.serving import Heard, Served, served

PATH = "/api/v1/staff/cases/_act"
RIVALS = 8


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served(server.GROUPS) as api:
        yield api


async def token(*held: tuple[str, Role]) -> str:
    person = await staff.create("李四", posts=list(held), now=clock.now())
    return (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token


async def clerk() -> str:
    return await token((COMMUNITY, Role.CLERK))


def seen(*cases: Snapshot) -> list[dict[str, Any]]:
    return [{"id": str(case.id), "version": case.version} for case in cases]


async def act(
    api: Served, by: str, cases: list[Any], *, key: str = "k", action: str = "accept", **said: Any
) -> Heard:
    body = {"action": action, "payload": said, "cases": cases}
    return await api.ask("POST", PATH, body, token=by, **{"Idempotency-Key": key})


async def accepted() -> int:
    return await CaseEvent.filter(action="accept").count()


async def test_each_is_answered_as_it_would_be_alone(api: Served) -> None:
    by, colleague = await clerk(), await factories.staff((COMMUNITY, Role.CLERK))
    good, stale, taken, under_way = [await a_case() for _ in range(4)]
    await accept.accept(stale.id, by=colleague, seen=1, now=clock.now(), note=None)
    await Task.filter(case_id=taken.id).update(assignee_id=colleague.id)
    await accept.accept(under_way.id, by=colleague, seen=1, now=clock.now(), note=None)
    unknown = {"id": str(uuid4()), "version": 1}
    cases = [*seen(good, stale, taken), {"id": str(under_way.id), "version": 2}, unknown]
    before = await accepted()

    heard = await act(api, by, cases, note="同一批")

    results = heard.body["results"]
    assert [result["id"] for result in results] == [case["id"] for case in cases]
    assert [(result["status"], result.get("problem", {}).get("code")) for result in results] == [
        (200, None),
        (412, "version_stale"),
        (409, "task_taken"),
        (409, "action_not_allowed"),
        (404, "case_not_found"),
    ]
    assert await accepted() == before + 1
    for case, result in list(zip(cases, results, strict=True))[1:]:
        alone = await api.ask(
            "POST",
            f"/api/v1/staff/cases/{case['id']}/accept",
            {"note": "同一批"},
            token=by,
            **{"If-Match": f'"{case["version"]}"'},
        )
        told = {name: part for name, part in alone.body.items() if name != "instance"}
        assert told == {n: part for n, part in result["problem"].items() if n != "instance"}
    [change] = results[1]["problem"]["changes"]
    assert (change["action"], change["fields"], change["materials"]) == ("accept", [], [])
    assert "已受理" in change["text"]

    again = await act(api, by, cases, note="同一批")

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.body == heard.body
    (read,) = await AccessRecord.filter(action="list_cases").values()
    assert read["details"] == {"repeated": True, "cases": [case["id"] for case in cases]}
    assert await accepted() == before + 1
    assert (await act(api, by, cases, note="另一批")).code == "idempotency_key_reused"


async def test_interrupted_it_is_finished_by_the_repetition_and_nothing_is_done_twice(
    api: Served,
) -> None:
    by, cases = await clerk(), [await a_case() for _ in range(6)]
    async with in_transaction() as within:
        await within.execute_query('SELECT FROM "case" WHERE id = $1 FOR UPDATE', [cases[3].id])
        interrupted, _ = await asyncio.gather(act(api, by, seen(*cases)), _cut_off_whoever_waits())

    assert (interrupted.status, interrupted.code) == (503, "database_unavailable")
    assert await accepted() == 3

    heard = await act(api, by, seen(*cases))

    assert [result["status"] for result in heard.body["results"]] == [200] * 6
    assert await accepted() == 6
    assert await Message.filter(kind="case.accept").count() == 6


async def _cut_off_whoever_waits() -> None:
    """As when the server of the database is lost while the fourth case is asked for."""
    waiting = (
        "SELECT pg_terminate_backend(pid) AS cut FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(20), stage.owner() as owner:
        while not await owner.fetch(waiting):  # noqa: ASYNC110 - another connection waits
            await asyncio.sleep(0.02)


async def test_of_rivals_over_the_same_cases_each_case_is_one_rivals(api: Served) -> None:
    cases = seen(*[await a_case() for _ in range(5)])
    own = await clerk()
    rivals = [own] * 4 + [await clerk() for _ in range(RIVALS - 4)]

    heard = await asyncio.gather(*(act(api, by, cases) for by in rivals))

    done = [each for each in heard if each.status == 200]
    assert {each.code for each in heard if each.status != 200} <= {"overloaded"}
    outcomes = [[result["status"] for result in each.body["results"]] for each in done]
    assert len({str(each.body) for each in done if "Idempotent-Replayed" in each.headers}) <= 1
    assert {status for outcome in outcomes for status in outcome} <= {200, 412}
    assert await accepted() == len(cases)


async def test_what_was_decided_is_delivered_and_closed_together(api: Served) -> None:
    cases = [await a_case(CaseStatus.UNDER_REVIEW, step=3) for _ in range(3)]
    approver = await token((cases[0].holder_code, Role.APPROVER))
    steps = [
        ("decide", {"outcome": "denied", "opinion": " "}, 422),
        ("decide", {"outcome": "approved", "opinion": "符合条件"}, 200),
        ("deliver", {"method": "post"}, 200),
        ("close", {}, 200),
    ]
    versions = [case.version for case in cases]
    for number, (action, said, status) in enumerate(steps):
        asked = [
            {"id": str(case.id), "version": version}
            for case, version in zip(cases, versions, strict=True)
        ]
        heard = await act(api, approver, asked, key=f"k{number}", action=action, **said)
        assert [result["status"] for result in heard.body["results"]] == [status] * 3
        versions = [version + (status == 200) for version in versions]


async def test_a_request_that_cannot_be_is_refused_whole(api: Served) -> None:
    by, case = await clerk(), await a_case()
    [one] = seen(case)
    others = [{"id": str(UUID(int=number)), "version": 1} for number in range(501)]
    table: list[tuple[list[Any], str, dict[str, Any], str]] = [
        ([one, one], "accept", {}, "cases"),
        (others, "accept", {}, "cases"),
        ([], "accept", {}, "cases"),
        ([{"id": one["id"]}], "accept", {}, "cases.0.version"),
        ([one], "request_supplement", {}, "action"),
        ([one], "notes", {"text": "好"}, "action"),
        ([one], "decide", {"outcome": "maybe", "opinion": "好"}, "payload.outcome"),
        ([one], "accept", {"opinion": "好"}, "payload.opinion"),
    ]
    for cases, action, said, place in table:
        heard = await act(api, by, cases, action=action, **said)
        assert (heard.status, heard.code) == (422, "body_invalid")
        assert [param["name"] for param in heard.body["invalid_params"]] == [place]
    without = await api.ask("POST", PATH, {"action": "accept", "cases": [one]}, token=by)
    assert without.code == "idempotency_key_missing"
    assert await accepted() == await IdempotencyKey.all().count() == 0


async def test_who_has_lost_the_post_acts_on_none(api: Served) -> None:
    person = await staff.create("李四", posts=[(COMMUNITY, Role.CLERK)], now=clock.now())
    by = (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token
    await posts.grant(person, [(ELSEWHERE, Role.CLERK)], by=OPERATOR, now=clock.now())
    await posts.end(person, (COMMUNITY, Role.CLERK), by=OPERATOR, now=clock.now())

    heard = await act(api, by, seen(await a_case(), await a_case()))

    assert {result["problem"]["code"] for result in heard.body["results"]} == {"case_not_found"}
    rows = await connection().execute_query_dict("SELECT * FROM access_log", [])
    assert "list_cases" not in {row["action"] for row in rows}
