"""A supervisor assigns tasks: many at once, each told and kept in its case's history."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend import audit
from backend.cases.acts import assign, leaving
from backend.cases.acts.assign import Result
from backend.cases.reading import queries
from backend.cases.reading.to_do import statements, tasks
from backend.cases.record import internals
from backend.cases.rules.refusals import AssigneeUnknown, TaskTaken
from backend.identity.actors import StaffActor
from config import database
from models import Case, CaseEvent, CaseStatus, Message, Role, Staff, Task, uuid7
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, NOW, a_case, a_colleague, staff
from tests.waiting import held_up

DISTRICT = "210102000000"
RIVALS = 8
pytestmark = pytest.mark.usefixtures("city")


async def a_supervisor(unit: str = DISTRICT) -> StaffActor:
    return await staff((unit, Role.SUPERVISOR))


async def a_task(holder: UUID | None = None, status: CaseStatus = CaseStatus.SUBMITTED) -> Task:
    case = await a_case(status)
    await Task.filter(case_id=case.id, done_at=None).update(assignee_id=holder)
    return await Task.get(case_id=case.id, done_at=None)


async def give(
    to: UUID | None, *given: Task, by: StaffActor, reason: str = "同事病假"
) -> list[Result]:
    return await assign.assign([task.id for task in given], to, by=by, reason=reason, now=NOW)


def codes(results: list[Result]) -> list[str]:
    return [each.refusal.code if each.refusal else each.outcome for each in results]


async def holders(*given: Task) -> list[UUID | None]:
    found = {task.id: task.assignee_id for task in await Task.all()}  # type: ignore[attr-defined]
    return [found[task.id] for task in given]


async def heard(by: UUID) -> list[tuple[str, str]]:
    return [(line.kind, line.body) for line in await Message.filter(staff_id=by).order_by("id")]


async def copies(task: Task, many: int) -> list[Task]:
    """The task and its like, each of a case of its own."""
    [case] = await Case.filter(id=task.case_id).values()  # type: ignore[attr-defined]
    events = await CaseEvent.filter(case_id=case["id"]).values()
    [values] = await Task.filter(id=task.id).values()
    cases = [
        case | {"id": uuid7(), "number": f"C{number}", "object_key": f"like {number}"}
        for number in range(many - 1)
    ]
    await Case.bulk_create([Case(**each) for each in cases])
    await CaseEvent.bulk_create(
        CaseEvent(**event | {"id": uuid7(), "case_id": each["id"]})
        for each in cases
        for event in events
    )
    made = [Task(**values | {"id": uuid7(), "case_id": each["id"]}) for each in cases]
    await Task.bulk_create(made)
    return [task, *made]


async def test_a_hundred_tasks_of_a_colleague_move_in_one_call() -> None:
    ill, deputy = [await a_colleague((COMMUNITY, Role.CLERK)) for _ in range(2)]
    theirs = await copies(await a_task(ill), 100)

    results = await give(deputy, *theirs, by=await a_supervisor())

    assert codes(results) == ["assigned"] * 100
    assert [each.task_id for each in results] == [task.id for task in theirs]
    assert set(await holders(*theirs)) == {deputy}
    assert await CaseEvent.filter(action="assign").count() == 100
    assert len(await heard(deputy)) == len(await heard(ill)) == 1


async def test_what_is_assigned_is_told_to_both_and_kept_and_the_case_stays_as_it_is() -> None:
    ill, deputy = [await a_colleague((COMMUNITY, Role.CLERK)) for _ in range(2)]
    supervisor, moved = await a_supervisor(), [await a_task(ill) for _ in range(3)]
    before = await queries.one(moved[0].case_id)  # type: ignore[attr-defined]

    results = await give(deputy, *moved, moved[0], by=supervisor)
    again = await give(deputy, *moved, by=supervisor)
    back = await give(None, moved[0], by=supervisor)

    assert [codes(each) for each in (results, again, back)] == [
        ["assigned"] * 3, ["unchanged"] * 3, ["released"],
    ]  # fmt: skip
    assert await holders(*moved) == [None, deputy, deputy]
    case = await queries.one(before.id)
    assert (case.version, case.events_told) == (before.version, before.events_told)
    sides = (await internals.of_case(case))[-2:]
    assert [side.said for side in sides] == [
        {"reason": "同事病假", "assigned_from": str(ill), "assigned_to": str(deputy)},
        {"reason": "同事病假", "assigned_from": str(deputy)},
    ]
    assert {side.actor_id for side in sides} == {supervisor.id}
    first = f"“{case.item.name}”（办件编号{case.number}）"
    assert await heard(ill) == [
        ("tasks.unassign", f"{first}等3件任务已从您名下收回，您不用再办理。")
    ]
    assert await heard(deputy) == [
        ("tasks.assign", f"{first}等3件任务已分派给您，请及时办理。"),
        ("tasks.unassign", f"{first}已从您名下收回，您不用再办理。"),
    ]


async def test_each_task_is_refused_alone_for_its_own_reason() -> None:
    supervisor = await a_supervisor()
    clerk = await a_colleague((COMMUNITY, Role.CLERK))
    good, over = await a_task(), await a_task(status=CaseStatus.ACCEPTED)
    foreign, ended = await a_task(), await a_task()
    await Task.filter(id=foreign.id).update(unit_id=ELSEWHERE)
    await Task.filter(id=ended.id).update(done_at=NOW)
    seen = await queries.one(over.case_id)  # type: ignore[attr-defined]
    role = seen.item.route[seen.step - 1].role

    results = await assign.assign(
        [good.id, over.id, foreign.id, ended.id, never := uuid4()],
        clerk,
        by=supervisor,
        reason="调整",
        now=NOW,
    )

    fit = "assigned" if role is Role.CLERK else "assignee_unfit"
    assert codes(results) == ["assigned", fit, "not_your_unit", "task_not_found", "task_not_found"]
    assert results[-1].task_id == never
    stranger = await a_supervisor(ELSEWHERE)
    assert codes(await give(clerk, good, by=stranger)) == ["task_not_found"]
    assert codes(await give(None, good, by=await staff((COMMUNITY, Role.CLERK)))) == [
        "role_missing"
    ]
    away = await a_colleague((ELSEWHERE, Role.CLERK), (COMMUNITY, Role.SUPERVISOR))
    assert codes(await give(away, good, by=supervisor)) == ["assignee_unfit"]
    assert await holders(good) == [clerk]


async def test_nobody_who_is_disabled_or_unknown_is_given_anything() -> None:
    supervisor, task = await a_supervisor(), await a_task()
    gone = await a_colleague((COMMUNITY, Role.CLERK))
    await Staff.filter(id=gone).update(active=False)

    for whom in (gone, uuid4()):
        with pytest.raises(AssigneeUnknown):
            await give(whom, task, by=supervisor)

    assert await holders(task) == [None]


async def test_who_claims_while_it_is_assigned_has_it_or_is_told_that_it_is_gone() -> None:
    supervisor = await a_supervisor()
    chosen = [await a_colleague((COMMUNITY, Role.CLERK)) for _ in range(RIVALS // 2)]
    for _ in range(5):
        task = await a_task()
        clerks = [await staff((COMMUNITY, Role.CLERK)) for _ in range(RIVALS // 2)]

        async def claimed(by: StaffActor, task: Task = task) -> UUID | None:
            try:
                await tasks.claim(task.id, by=by)
            except TaskTaken:
                return None
            return by.id

        assigning = asyncio.gather(*(give(whom, task, by=supervisor) for whom in chosen))
        who = await asyncio.gather(*(claimed(by) for by in clerks))
        await assigning

        events = await CaseEvent.filter(case_id=task.case_id, action="assign").order_by("seq")  # type: ignore[attr-defined]
        said = [side.said for side in await internals.of_case(await queries.one(task.case_id))]  # type: ignore[attr-defined]
        steps = [
            (each.get("assigned_from"), each["assigned_to"])
            for each in said
            if "assigned_to" in each
        ]
        assert len(events) == len(steps) == len(chosen)
        # Each took it from whoever had it: the first from a claimant if there was one.
        assert [before for before, _ in steps[1:]] == [after for _, after in steps[:-1]]
        claimant = next((by for by in who if by), None)
        assert steps[0][0] == (claimant and str(claimant))
        assert await holders(task) == [UUID(steps[-1][1])]
        for by in [by for by in who if by]:
            assert [kind for kind, _ in await heard(by)] == ["tasks.unassign"]


async def test_a_claim_that_is_just_being_made_is_waited_for_and_its_claimant_told() -> None:
    supervisor, task = await a_supervisor(), await a_task()
    clerk, chosen = await staff((COMMUNITY, Role.CLERK)), await a_colleague((COMMUNITY, Role.CLERK))
    elsewhere = await database.single(database.url())

    async with elsewhere.transaction():
        await elsewhere.execute(statements.CLAIM, task.id, clerk.id, [COMMUNITY])
        assigning = asyncio.ensure_future(give(chosen, task, by=supervisor))
        await held_up(elsewhere)
    await elsewhere.close()

    assert codes(await assigning) == ["assigned"]
    assert [kind for kind, _ in await heard(clerk.id)] == ["tasks.unassign"]


async def test_those_who_move_the_same_tasks_at_once_take_turns() -> None:
    supervisors = [await a_supervisor() for _ in range(RIVALS)]
    colleagues = [await a_colleague((COMMUNITY, Role.CLERK)) for _ in range(RIVALS)]
    moved = [await a_task(colleagues[0]) for _ in range(6)]

    results = await asyncio.gather(
        *(
            give(whom, *(moved if number % 2 else reversed(moved)), by=by)
            for number, (by, whom) in enumerate(zip(supervisors, colleagues, strict=True))
        ),
        leaving.disable(colleagues[0], by=audit.OPERATOR, now=NOW + timedelta(days=1)),
        return_exceptions=True,
    )

    # Whoever is disabled first is given nothing.
    failed = [each for each in results if isinstance(each, BaseException)]
    assert [type(each) for each in failed] in ([], [AssigneeUnknown])
    assert len(set(await holders(*moved))) == 1
