"""Who is given work, and who leaves at that moment, take turns; seen to fail without its lock."""

import asyncio

import pytest

from backend.cases.acts import assign
from backend.cases.rules.refusals import AssigneeUnknown
from models import Role, Task
from tests import stage
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, a_colleague, staff
from tests.waiting import blocked

pytestmark = pytest.mark.usefixtures("city")


async def test_no_task_is_given_to_somebody_who_is_just_being_disabled() -> None:
    supervisor, case = await staff((COMMUNITY, Role.SUPERVISOR)), await a_case()
    colleague = await a_colleague((COMMUNITY, Role.CLERK))
    task = await Task.get(case_id=case.id)

    async def refused() -> bool:
        try:
            await assign.assign([task.id], colleague, by=supervisor, reason="同事病假", now=NOW)
        except AssigneeUnknown:
            return True
        return False

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await rival.execute("UPDATE staff SET active = false WHERE id = $1", colleague)
            giving = tasks.create_task(refused())
            await blocked(rival, 1, unless=giving)
            assert not giving.done()
        assert await giving

    assert await Task.filter(id=task.id, assignee_id=None).count() == 1
