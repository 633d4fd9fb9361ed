"""What is read in several statements shows one moment, whatever others do meanwhile."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from backend.cases.acts import review
from backend.cases.reading import queries, scope
from backend.cases.record.snapshot import Snapshot
from backend.identity import sessions, staff
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from backend.staff_api import cases, tasks
from config import clock, database
from models import Audience, CaseStatus, Role
from tests.backend.cases.factories import COMMUNITY, NOW, a_case
from tests.backend.cases.factories import staff as an_officer
from tests.serving import Heard, Served, served
from tests.waiting import held_up

WRITERS = 8
TURNS = 6


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served([cases.routes, tasks.routes]) as api:
        yield api


async def a_token() -> str:
    """A clerk's of the first community."""
    clerk = await staff.create("李四", posts=[(COMMUNITY, Role.CLERK)], now=clock.now())
    return (await sessions.start(Audience.STAFF, clerk, now=clock.now())).access_token


async def an_officer_of_all_steps(case: Snapshot) -> StaffActor:
    units = {
        organisation.step_unit(step, COMMUNITY, case.item.department_code).code
        for step in case.item.route
    }
    return await an_officer(*[(unit, role) for unit in units for role in scope.READERS])


async def to_and_fro(case: Snapshot, by: StaffActor) -> None:
    """Pass the case on and send it back, again and again."""
    for seen in range(case.version, case.version + 2 * TURNS, 2):
        await review.pass_step(case.id, by=by, seen=seen, now=NOW, opinion="同意")
        await review.return_step(case.id, by=by, seen=seen + 1, now=NOW, to_step=1, reason="请核实")


def disagreements(heard: Heard) -> list[str]:
    """What in a case as staff see it cannot all be true at once."""
    case = heard.body
    facts = {
        "status": heard.status == 200,
        "timeline": len(case["timeline"]) == case["version"],
        "task": case["task"]["step"] == case["step"],
        "unit": case["task"]["unit"]["code"] == case["holder"]["code"],
    }
    return [name for name, true in facts.items() if not true]


async def test_a_case_that_is_passed_on_while_it_is_read_is_shown_as_it_was(api: Served) -> None:
    case = await a_case(CaseStatus.UNDER_REVIEW)
    token = await a_token()
    other = await database.single(database.url())

    async with other.transaction():
        await other.execute("LOCK TABLE task IN ACCESS EXCLUSIVE MODE")
        reading = asyncio.ensure_future(
            api.ask("GET", f"/api/v1/staff/cases/{case.id}", token=token)
        )
        await held_up(other)
        await other.execute('UPDATE "case" SET step = 2 WHERE id = $1', case.id)
        await other.execute("UPDATE task SET step = 2 WHERE case_id = $1", case.id)
    await other.close()

    assert disagreements(await reading) == []


async def test_staff_read_whole_cases_while_rivals_change_them(api: Served) -> None:
    written = [await a_case(CaseStatus.UNDER_REVIEW) for _ in range(WRITERS)]
    by, token = await an_officer_of_all_steps(written[0]), await a_token()
    writing = asyncio.gather(*(to_and_fro(case, by) for case in written))

    wrong = []
    while not writing.done():
        for case in written:
            wrong += disagreements(
                await api.ask("GET", f"/api/v1/staff/cases/{case.id}", token=token)
            )

    await writing
    assert wrong == []
    assert (await queries.one(written[0].id)).version == written[0].version + 2 * TURNS


async def test_the_counts_of_tasks_are_of_the_moment_of_the_list(api: Served) -> None:
    written = [await a_case(CaseStatus.UNDER_REVIEW) for _ in range(WRITERS)]
    by, token = await an_officer_of_all_steps(written[0]), await a_token()
    writing = asyncio.gather(*(to_and_fro(case, by) for case in written))

    wrong = []
    while not writing.done():
        heard = await api.ask("GET", "/api/v1/staff/tasks", token=token)
        shown = (len(heard.body["items"]), heard.body["counts"]["unit"])
        if shown[0] != shown[1]:
            wrong.append(shown)

    await writing
    assert wrong == []
