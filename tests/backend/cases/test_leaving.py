import asyncio

import pytest

from backend import audit
from backend.cases.acts import assign, leaving
from backend.cases.reading.to_do import tasks
from backend.cases.reading.to_do.tasks import OpenTask
from backend.consistency import audit as audits
from backend.consistency import cases, holders
from backend.errors import ServiceError
from backend.identity.actors import StaffActor
from config import clock
from models import CaseEvent, Message, Post, Role, Task
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, a_case, staff
from tests.stage import owner

STREET = "210102001000"

pytestmark = pytest.mark.usefixtures("city")


async def refusal(task: Task, by: StaffActor) -> str:
    with pytest.raises(ServiceError) as refused:
        await release(task, by)
    return refused.value.code


async def release(task: Task, by: StaffActor) -> tuple[OpenTask, str | None]:
    return await assign.release(task.id, by=by, reason=None, now=clock.now())


async def a_claimed_task(by: StaffActor) -> Task:
    case = await a_case()
    task = await Task.get(case_id=case.id)
    await tasks.claim(task.id, by=by)
    return task


async def holder_of(task: Task) -> object:
    return (await Task.get(id=task.id).values("assignee_id"))["assignee_id"]


async def test_what_a_disabled_clerk_had_claimed_goes_back_to_the_unit() -> None:
    clerk = await staff((COMMUNITY, Role.CLERK))
    held = [await a_claimed_task(clerk) for _ in range(3)]

    assert await leaving.disable(clerk.id, by=audit.OPERATOR, now=clock.now()) == 3
    assert await leaving.disable(clerk.id, by=audit.OPERATOR, now=clock.now()) == 0

    # Kept as a supervisor's release is, once; a command is no member of staff.
    events = await CaseEvent.filter(action="assign").values("actor", "actor_id")
    assert events == [{"actor": "operator", "actor_id": None}] * 3
    told = [line.body for line in await Message.filter(staff_id=clerk.id)]
    assert len(told) == 1
    assert "等3件任务已从您名下收回" in told[0]
    async with owner() as connection, connection.transaction():
        checks = [check for check in [*cases.CHECKS, *holders.CHECKS] if "file" not in check.name]
        assert audits.broken(await audits.on(connection, checks)) == []
    colleague = await staff((COMMUNITY, Role.CLERK))
    for task in held:
        assert (await tasks.claim(task.id, by=colleague)).assignee_id == str(colleague.id)


async def test_no_task_stays_with_who_is_disabled_while_claiming() -> None:
    for _ in range(5):
        clerk = await staff((COMMUNITY, Role.CLERK))
        open_tasks = [await Task.get(case_id=(await a_case()).id) for _ in range(8)]

        await asyncio.gather(
            *(tasks.claim(task.id, by=clerk) for task in open_tasks),
            leaving.disable(clerk.id, by=audit.OPERATOR, now=clock.now()),
            return_exceptions=True,
        )

        assert await Task.filter(assignee_id=clerk.id).count() == 0


async def test_a_post_that_ends_takes_its_units_tasks_along_and_no_others() -> None:
    clerk = await staff((COMMUNITY, Role.CLERK), (COMMUNITY, Role.REVIEWER))
    for post in clerk.posts:
        await Post.create(
            staff_id=clerk.id, unit_id=post.unit_code, role=post.role, created_at=clock.now()
        )
    task = await a_claimed_task(clerk)

    first = await leaving.end_post(
        clerk.id, (COMMUNITY, Role.REVIEWER), by=audit.OPERATOR, now=clock.now()
    )
    assert (first, await holder_of(task)) == (0, clerk.id)
    admin = await staff((STREET, Role.ADMIN))
    last = await leaving.end_post(
        clerk.id, (COMMUNITY, Role.CLERK), by=admin.acting, now=clock.now()
    )
    assert (last, await holder_of(task)) == (1, None)
    events = await CaseEvent.filter(action="assign").values("actor", "actor_id")
    assert events == [{"actor": "staff", "actor_id": admin.id}]


@pytest.mark.parametrize("unit", [COMMUNITY, STREET])
async def test_a_supervisor_releases_a_colleagues_task(unit: str) -> None:
    clerk, supervisor = await staff((COMMUNITY, Role.CLERK)), await staff((unit, Role.SUPERVISOR))
    task = await a_claimed_task(clerk)

    released, held_by = await release(task, supervisor)

    assert (released.assignee_id, held_by) == (None, str(clerk.id))
    assert await holder_of(task) is None
    told = await CaseEvent.filter(case__tasks__id=task.id, action="assign").values()
    assert [(event["actor_id"], event["unit_id"]) for event in told] == [(supervisor.id, COMMUNITY)]
    assert await Message.filter(staff_id=clerk.id, kind="tasks.unassign").count() == 1
    # Once more, it is nobody's, and nothing more is told.
    for again in (supervisor, await staff((COMMUNITY, Role.CLERK))):
        assert (await release(task, again))[1] is None
    assert await CaseEvent.filter(case__tasks__id=task.id, action="assign").count() == 1


async def test_nobody_else_releases_a_colleagues_task() -> None:
    clerk = await staff((COMMUNITY, Role.CLERK))
    task = await a_claimed_task(clerk)

    assert await refusal(task, await staff((COMMUNITY, Role.CLERK))) == "task_taken"
    assert await refusal(task, await staff((COMMUNITY, Role.REVIEWER))) == "task_taken"
    assert await refusal(task, await staff((ELSEWHERE, Role.SUPERVISOR))) == "task_not_found"
    assert await refusal(task, await staff((STREET, Role.CLERK))) == "not_your_unit"
    assert await holder_of(task) == clerk.id
