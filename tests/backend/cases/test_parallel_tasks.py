"""Several units may work on a case at once; one task of it brings the case on."""

import pytest
from tortoise.exceptions import BaseORMException

from backend.cases.acts import accept, review, withdraw
from backend.cases.reading.to_do import tasks
from backend.cases.record.snapshot import Snapshot
from backend.identity.actors import ResidentActor
from models import CaseStatus, Role, Task
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, NOW, a_case, an_actor, staff


async def beside(case: Snapshot, *, step: int, unit: str) -> Task:
    """A task of the case that somebody else works on meanwhile."""
    colleague = await staff((unit, Role.REVIEWER))
    return await Task.create(
        case_id=case.id,
        step=step,
        unit_id=unit,
        role=Role.REVIEWER,
        assignee_id=colleague.id,
        created_at=NOW,
    )


async def still_open(*others: Task) -> list[bool]:
    return [(await Task.get(id=other.id)).done_at is None for other in others]


@pytest.fixture
async def by(city: None) -> ResidentActor:
    return await an_actor()


async def test_each_step_and_unit_has_one_open_task(by: ResidentActor) -> None:
    case = await a_case(by=by)
    await beside(case, step=1, unit=ELSEWHERE)
    await beside(case, step=2, unit=COMMUNITY)

    with pytest.raises(BaseORMException):
        await beside(case, step=1, unit=COMMUNITY)


async def test_the_task_shown_is_the_one_that_brings_the_case_on(by: ResidentActor) -> None:
    case = await a_case(by=by)
    for step, unit in ((1, ELSEWHERE), (2, COMMUNITY)):
        await beside(case, step=step, unit=unit)

    shown = await tasks.open_of_case(case.id)

    assert shown is not None
    assert (shown.step, shown.unit_code, shown.assignee_id) == (1, COMMUNITY, None)


async def test_what_others_have_in_hand_is_in_nobodys_way_and_goes_on(by: ResidentActor) -> None:
    case, clerk = await a_case(by=by), await staff((COMMUNITY, Role.CLERK))
    others = [
        await beside(case, step=1, unit=ELSEWHERE), await beside(case, step=3, unit=ELSEWHERE)
    ]  # fmt: skip

    await accept.accept(case.id, by=clerk, seen=1, now=NOW, note=None)
    kept = [(await Task.get(id=other.id)).assignee_id for other in others]  # type: ignore[attr-defined]
    await review.pass_step(case.id, by=clerk, seen=2, now=NOW, opinion="同意")

    assert clerk.id not in kept
    assert await still_open(*others) == [True, True]
    shown = await tasks.open_of_case(case.id)
    assert shown is not None
    assert shown.step == 2


async def test_with_the_case_all_that_are_open_end(by: ResidentActor) -> None:
    case = await a_case(CaseStatus.UNDER_REVIEW, by=by)
    other = await beside(case, step=1, unit=ELSEWHERE)

    await withdraw.withdraw(case.id, by=by, now=NOW, reason=None)

    assert await still_open(other) == [False]
    assert not await Task.filter(case_id=case.id, done_at=None).exists()
