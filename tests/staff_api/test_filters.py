"""Filters that staff keep: each their own, so many, by unique names, and used as given."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend import audit
from backend.cases.acts import filters as operations
from backend.cases.acts import leaving
from backend.cases.reading.to_do.listing import Wanted
from backend.cases.rules.refusals import FiltersTooMany
from backend.identity import sessions, staff
from backend.identity.actors import StaffActor
from backend.identity.refusals import SessionEnded
from backend.staff_api import filters, tasks
from config import clock
from config.clock import city_day
from models import Audience, Role, Task, TaskFilter
from tests import stage
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, ITEM, NOW, a_case
from tests.backend.cases.factories import staff as somebody
from tests.serving import Served, served
from tests.waiting import held_up

pytestmark = pytest.mark.usefixtures("city")
FILTERS, TASKS = "/api/v1/staff/filters", "/api/v1/staff/tasks"
RIVALS = 8


@pytest.fixture
async def api() -> AsyncIterator[Served]:
    async with served([filters.routes, tasks.routes]) as api:
        yield api


async def member() -> tuple[UUID, str]:
    person = await staff.create("李四", posts=[(COMMUNITY, Role.CLERK)], now=NOW)
    return person, (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token


async def test_a_filter_is_kept_and_used_as_its_query_would_be(api: Served) -> None:
    _, token = await member()
    red, later = [await a_case() for _ in range(2)]
    for case, days in ((red, -1), (later, 20)):
        await Task.filter(case_id=case.id).update(due_at=clock.now() + timedelta(days=days))
    day = str(city_day(clock.now()))
    asked = {"sort": "due", "light": "red", "item": ITEM, "to": day}

    saved = await api.ask("POST", FILTERS, {"name": "超期低保"} | asked, token=token)
    listed = (await api.ask("GET", f"{FILTERS}?counts=true", token=token)).body["items"]
    used = await api.ask("GET", f"{TASKS}?filter={saved.body['id']}&limit=1", token=token)
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    plain = await api.ask("GET", f"{TASKS}?limit=1&{query}", token=token)

    assert saved.status == 201
    assert saved.body == {
        "id": saved.body["id"], "name": "超期低保", "scope": "unit", "unit": None, "from": None,
        "counts": None,
    } | asked  # fmt: skip
    assert listed == [saved.body | {"counts": used.body["counts"]}]
    assert used.body == plain.body
    assert [task["case"]["id"] for task in used.body["items"]] == [str(red.id)]
    assert used.body["counts"]["red"] == 1


async def test_a_cursor_is_of_its_filter(api: Served) -> None:
    _, token = await member()
    for _ in range(3):
        await a_case()
    ids = [
        (await api.ask("POST", FILTERS, {"name": name}, token=token)).body["id"] for name in "ab"
    ]
    page = (await api.ask("GET", f"{TASKS}?filter={ids[0]}&limit=2", token=token)).body
    path = f"{TASKS}?limit=2&cursor={page['next_cursor']}"

    rest = await api.ask("GET", f"{path}&filter={ids[0]}", token=token)
    other = await api.ask("GET", f"{path}&filter={ids[1]}", token=token)

    assert len(rest.body["items"]) == 1
    assert (other.status, other.code) == (422, "cursor_invalid")


async def test_what_cannot_be_kept_or_used_is_refused(api: Served) -> None:
    (_, token), (_, colleague) = await member(), await member()
    saved = (await api.ask("POST", FILTERS, {"name": "本周"}, token=token)).body["id"]
    refusals: list[tuple[str, str, Any, str, int, str]] = [
        ("POST", FILTERS, {"name": "本周"}, token, 409, "filter_name_taken"),
        ("POST", FILTERS, {"name": "x", "unit": ELSEWHERE}, token, 422, "unit_not_mine"),
        ("POST", FILTERS, {"name": "x", "item": "SP-XX-999"}, token, 422, "item_not_known"),
        ("POST", FILTERS, {"name": " "}, token, 422, "body_invalid"),
        ("GET", f"{TASKS}?filter={saved}&light=red", None, token, 422, "filter_alone"),
        ("GET", f"{TASKS}?filter={saved}", None, colleague, 404, "filter_not_found"),
        ("DELETE", f"{FILTERS}/{saved}", None, colleague, 404, "filter_not_found"),
    ]
    for method, path, body, by, status, code in refusals:
        heard = await api.ask(method, path, body, token=by)
        assert (heard.status, heard.code) == (status, code), path
    assert (await api.ask("POST", FILTERS, {"name": "本周"}, token=colleague)).status == 201
    for status in (204, 404):
        assert (await api.ask("DELETE", f"{FILTERS}/{saved}", token=token)).status == status
    assert (await api.ask("GET", FILTERS, token=token)).body == {"items": []}


async def test_of_rivals_none_passes_the_most() -> None:
    by = await somebody((COMMUNITY, Role.CLERK))
    for number in range(operations.MOST - 1):
        await operations.save(str(number), Wanted(), by=by, now=NOW)

    saving = (operations.save(f"r{n}", Wanted(), by=by, now=NOW) for n in range(RIVALS))
    results = await asyncio.gather(*saving, return_exceptions=True)

    assert sum(isinstance(each, FiltersTooMany) for each in results) == RIVALS - 1
    assert await TaskFilter.filter(staff_id=by.id).count() == operations.MOST

    # They go with who saved them, and nobody else's do.
    colleague = await somebody((COMMUNITY, Role.CLERK))
    kept = await operations.save("本周", Wanted(), by=colleague, now=NOW)
    await leaving.end(by.id, by=audit.OPERATOR, now=clock.now())
    assert await TaskFilter.all().values_list("id", flat=True) == [kept.id]


async def test_what_is_saved_while_somebody_leaves_is_not_kept() -> None:
    by = await somebody((COMMUNITY, Role.CLERK))
    async with stage.owner() as ending, asyncio.TaskGroup() as group, ending.transaction():
        await ending.execute("UPDATE staff SET active = false WHERE id = $1", by.id)
        for number in range(RIVALS):
            group.create_task(refused(str(number), by))
        await held_up(ending)

    assert not await TaskFilter.exists()


async def refused(name: str, by: StaffActor) -> None:
    with pytest.raises(SessionEnded):
        await operations.save(name, Wanted(), by=by, now=NOW)
