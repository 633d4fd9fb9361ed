"""A stored answer is shown to who may still ask, and logged; by construction over keyed routes."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from backend.audit import OPERATOR, Act
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.spec import Spec
from backend.idempotency import keys
from backend.identity import posts, sessions, staff
from config import clock
from config.database import connection
from miniprogram_api import server
from models import Audience, IdempotencyKey, Resident, Role, Session, Staff, Task
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, a_case
from tests.backend.identity.factories import a_resident
from tests.contract.declared import PARAMETER, named, specs
from tests.filler import fill
from tests.serving import Heard, Served, served

BODIES = {"subscribe": {"results": {"template": "accept"}}}
FIRST = {"first": "answer"}


def keyed_routes(guard: Guard) -> list[Spec]:
    return [spec for spec in specs() if spec.guard is guard and spec.keyed is not Keyed.NO]


SHOWING = [spec for spec in keyed_routes(Guard.STAFF) if spec.shows_again]
AT_A_WINDOW = [
    spec
    for spec in SHOWING
    if spec.name != "act_on_cases" and ("<" not in spec.path or "<appointment_id" in spec.path)
]
OF_A_CASE = [spec for spec in SHOWING if "<" in spec.path and spec not in AT_A_WINDOW]


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served(server.GROUPS) as api:
        yield api


@dataclass
class Caller:
    """Who asks; for staff, a case that waits at their desk."""

    guard: Guard
    id: UUID
    token: str
    ids: dict[str, str] = field(default_factory=dict)
    resident_id: UUID | None = None


async def replay(api: Served, spec: Spec, who: Caller) -> Heard:
    """Ask for the stored answer to a request that is well-formed as the route declares it."""
    path = PARAMETER.sub(lambda found: who.ids.get(found[1]) or str(uuid4()), spec.path)
    schema = spec.body.model_json_schema()
    body = BODIES.get(spec.name) or fill(schema, schema)
    raw = json.dumps(body).encode()
    owner, seen = f"{spec.guard.value}:{who.id}", int(spec.if_match)
    once = keys.once(owner, "k", method="POST", path=path, body=raw, seen=seen)
    async with in_transaction() as within:
        await keys.store(once, 200, json.dumps(FIRST).encode(), within)
    headers = {"Idempotency-Key": "k", "If-Match": '"1"'}
    heard = await api.ask("POST", path, body, token=who.token, **headers)
    await IdempotencyKey.all().delete()
    return heard


async def answers(api: Served, who: Caller) -> dict[str, Any]:
    """What each keyed route answers where there is a stored answer: its body or its code."""
    heard = {named(spec): await replay(api, spec, who) for spec in keyed_routes(who.guard)}
    return {name: one.body.get("code", one.body) for name, one in heard.items()}


@pytest.fixture
async def clerk(api: Served) -> Caller:
    case = await a_case()
    task = await Task.get(case_id=case.id)
    clerk = await staff.create("李四", posts=[(COMMUNITY, Role.CLERK)], now=clock.now())
    return Caller(
        guard=Guard.STAFF,
        id=clerk,
        token=(await sessions.start(Audience.STAFF, clerk, now=clock.now())).access_token,
        ids={"case_id": str(case.id), "task_id": str(task.id)},
        resident_id=case.resident_id,
    )


async def reads(request_id: str) -> list[Any]:
    """What the access log has of a request."""
    rows: list[Any] = await connection().execute_query_dict(
        "SELECT * FROM access_log WHERE request_id = $1", [request_id]
    )
    return rows


@pytest.mark.parametrize("spec", OF_A_CASE, ids=named)
async def test_a_case_that_staff_are_shown_again_is_read_again(
    spec: Spec, api: Served, clerk: Caller
) -> None:
    heard = await replay(api, spec, clerk)

    assert heard.body == FIRST
    [row] = await reads(heard.headers["X-Request-ID"])
    acts = {"/tasks": "list_tasks", "/papers": "list_papers"}
    assert row["action"] == next((acts[word] for word in acts if word in spec.path), "open_case")
    assert (row["actor"], row["actor_id"]) == ("staff", clerk.id)
    assert (row["object_kind"], row["object_id"]) == ("case", clerk.ids["case_id"])
    assert row["resident_id"] == clerk.resident_id
    assert "repeated" in row["details"]


@pytest.mark.parametrize("spec", AT_A_WINDOW, ids=named)
async def test_what_a_window_is_shown_again_is_recorded_and_only_windows_are(
    spec: Spec, api: Served, clerk: Caller
) -> None:
    heard = await replay(api, spec, clerk)

    assert heard.body == FIRST
    [row] = await reads(heard.headers["X-Request-ID"])
    assert row["action"] in (spec.records or (Act.OPEN_CASE, Act.LIST_APPOINTMENTS))
    assert "repeated" in row["details"]
    await posts.grant(clerk.id, [(COMMUNITY, Role.REVIEWER)], by=OPERATOR, now=clock.now())
    await posts.end(clerk.id, (COMMUNITY, Role.CLERK), by=OPERATOR, now=clock.now())
    heard = await replay(api, spec, clerk)
    assert heard.code == "window_missing"
    assert await reads(heard.headers["X-Request-ID"]) == []


@pytest.mark.parametrize("spec", OF_A_CASE, ids=named)
async def test_who_has_lost_the_post_is_not_shown_the_case_again(
    spec: Spec, api: Served, clerk: Caller
) -> None:
    await posts.grant(clerk.id, [(ELSEWHERE, Role.CLERK)], by=OPERATOR, now=clock.now())
    await posts.end(clerk.id, (COMMUNITY, Role.CLERK), by=OPERATOR, now=clock.now())

    heard = await replay(api, spec, clerk)

    assert (heard.status, heard.code[-10:]) == (404, "_not_found")
    assert await reads(heard.headers["X-Request-ID"]) == []


async def test_a_disabled_clerk_gets_no_answer_of_before(api: Served, clerk: Caller) -> None:
    before = await answers(api, clerk)
    assert before == dict.fromkeys(before, FIRST)

    await Staff.filter(id=clerk.id).update(active=False)

    assert await answers(api, clerk) == dict.fromkeys(before, "session_ended")


async def test_a_resident_who_is_gone_gets_no_answer_of_before(api: Served) -> None:
    resident = await a_resident()
    token = (await sessions.start(Audience.RESIDENT, resident.id, now=clock.now())).access_token
    who = Caller(Guard.RESIDENT, resident.id, token)
    before = await answers(api, who)
    assert before == dict.fromkeys(before, FIRST)

    await Session.filter(resident_id=resident.id).delete()
    await Resident.filter(id=resident.id).delete()

    assert await answers(api, who) == dict.fromkeys(before, "session_ended")
