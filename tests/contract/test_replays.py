"""No stored answer is shown to who may not ask any more; by construction over all keyed routes."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Spec
from backend.idempotency import keys
from backend.identity import sessions, staff
from miniprogram_api import server
from models import Audience, IdempotencyKey, Resident, Role, Session, Staff
from tests.backend.identity.factories import a_community, a_resident
from tests.filler import fill
from tests.serving import Heard, Served, served

BODIES = {"subscribe": {"results": {"template": "accept"}}}
FIRST = {"first": "answer"}
PARAMETER = re.compile(r"<(\w+)(?::\w+)?>")


def keyed_routes(guard: Guard) -> list[Spec]:
    return [
        spec
        for group in server.GROUPS
        for spec in group.specs
        if spec.guard is guard and spec.keyed is not Keyed.NO
    ]


def named(spec: Spec) -> str:
    return f"{spec.method} {spec.path}"


@pytest.fixture
async def api(database: None) -> AsyncIterator[Served]:
    async with served(server.GROUPS) as api:
        yield api


async def replay(api: Served, spec: Spec, subject: UUID, token: str) -> Heard:
    """Ask for the stored answer to a request that is well-formed as the route declares it."""
    path = PARAMETER.sub(lambda _: str(uuid4()), spec.path)
    schema = spec.body.model_json_schema()
    body = BODIES.get(spec.name) or fill(schema, schema)
    raw = json.dumps(body).encode()
    once = keys.once(f"{spec.guard.value}:{subject}", "k", method="POST", path=path, body=raw)
    async with in_transaction() as within:
        await keys.store(once, 200, json.dumps(FIRST).encode(), within)
    headers = {"Idempotency-Key": "k", "If-Match": '"1"'}
    heard = await api.ask("POST", path, body, token=token, **headers)
    await IdempotencyKey.all().delete()
    return heard


async def answers(api: Served, guard: Guard, subject: UUID, token: str) -> dict[str, Any]:
    """What each keyed route answers where there is a stored answer: its body or its code."""
    heard = {named(spec): await replay(api, spec, subject, token) for spec in keyed_routes(guard)}
    return {name: one.body.get("code", one.body) for name, one in heard.items()}


async def test_a_disabled_clerk_gets_no_answer_of_before(api: Served) -> None:
    home = await a_community()
    clerk = await staff.create("李四", posts=[(home.code, Role.CLERK)])
    token = (await sessions.start(Audience.STAFF, clerk)).access_token
    before = await answers(api, Guard.STAFF, clerk, token)
    assert before == dict.fromkeys(before, FIRST)

    await Staff.filter(id=clerk).update(active=False)

    assert await answers(api, Guard.STAFF, clerk, token) == dict.fromkeys(before, "session_ended")


async def test_a_resident_who_is_gone_gets_no_answer_of_before(api: Served) -> None:
    resident = await a_resident()
    token = (await sessions.start(Audience.RESIDENT, resident.id)).access_token
    before = await answers(api, Guard.RESIDENT, resident.id, token)
    assert before == dict.fromkeys(before, FIRST)

    await Session.filter(resident_id=resident.id).delete()
    await Resident.filter(id=resident.id).delete()

    refused = await answers(api, Guard.RESIDENT, resident.id, token)
    assert refused == dict.fromkeys(before, "session_ended")
