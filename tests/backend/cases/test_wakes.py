"""Whatever tells somebody of a case wakes the workers, who look by themselves but later."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from backend.audit import OPERATOR
from backend.cases.acts import (
    assign,
    finish,
    leaving,
    recuse,
    reminding,
    supplement,
    transfer,
    warning,
    withdraw,
)
from backend.cases.reading import queries
from backend.cases.reading.to_do import tasks
from backend.cases.record.snapshot import Snapshot
from backend.identity.actors import StaffActor
from models import Case, CaseStatus, Flow, Role, Task
from tests.backend.cases import histories
from tests.backend.cases.factories import (
    COMMUNITY,
    ITEM,
    NOW,
    a_case,
    a_colleague,
    a_file,
    an_actor,
    staff,
)
from tests.backend.cases.transferring import NEIGHBOUR, receiver, send
from tests.waiting import woken

pytestmark = pytest.mark.usefixtures("city")
ITEMS = {Flow.APPROVAL: ITEM, Flow.REQUEST: "FW-XX-001", Flow.ENROL: "FW-FL-003"}


async def a_clerk(unit: str = COMMUNITY) -> StaffActor:
    return await staff((unit, Role.CLERK))


async def stepped(case: Snapshot, action: str) -> Snapshot:
    """The case after one action of the histories, by somebody who may do all at the holder's."""
    roles = (Role.CLERK, Role.REVIEWER, Role.APPROVER)
    by = await staff(*((case.holder_code, role) for role in roles))
    operation, said = histories.STAFF[action]
    given = said(case) if callable(said) else said
    await woken(operation(case.id, by=by, seen=case.version, now=NOW, **given))
    await Task.filter(case_id=case.id).update(assignee_id=None)
    after = await queries.one(case.id)
    assert after.version == case.version + 1, action
    return after


@pytest.mark.parametrize(
    ("flow", "actions"),
    [
        (Flow.APPROVAL, "accept pass pass approve deliver close"),
        (Flow.APPROVAL, "accept pass return supplement"),
        (Flow.APPROVAL, "decline"),
        (Flow.REQUEST, "dispatch finish close"),
        (Flow.ENROL, "pass pass enrol close"),
    ],
)
async def test_each_step_of_a_case_is_told_at_once(flow: Flow, actions: str) -> None:
    case = await a_case(item_code=ITEMS[flow])
    for action in actions.split():
        case = await stepped(case, action)


async def test_what_applicants_do_is_told_to_their_unit_at_once() -> None:
    by = await an_actor()
    asked = await a_case(CaseStatus.SUPPLEMENT_REQUESTED, by=by)
    codes = [paper["code"] for paper in asked.item.materials if paper["required"]]
    given = [(code, await a_file(by)) for code in codes]
    await woken(supplement.supplement(asked.id, by=by, now=NOW, form=None, materials=given))
    await woken(withdraw.withdraw(asked.id, by=by, now=NOW, reason=None))

    for answer in (finish.confirm, finish.reopen):
        other = await an_actor()
        done = await a_case(CaseStatus.DONE, item_code=ITEMS[Flow.REQUEST], by=other)
        said = {} if answer is finish.confirm else {"reason": "还没有修好"}
        await woken(answer(done.id, by=other, now=NOW, **said))


async def test_a_transfer_and_each_of_its_answers_is_told_at_once() -> None:
    clerk, other = await a_clerk(), await receiver(NEIGHBOUR)
    ends: list[Callable[[Snapshot], Awaitable[None]]] = [
        lambda case: transfer.accept(case.id, by=other, now=NOW),
        lambda case: transfer.refuse(case.id, by=other, now=NOW, reason="不在本社区"),
        lambda case: transfer.recall(case.id, by=clerk, now=NOW),
    ]
    for end in ends:
        case = await woken(send(await a_case(), clerk))
        await woken(end(case))


async def test_who_is_recused_or_assigned_is_told_at_once() -> None:
    clerk, case = await a_clerk(), await a_case()
    supervisor = await staff((COMMUNITY, Role.SUPERVISOR))
    colleague = await a_colleague((COMMUNITY, Role.CLERK))
    task = await Task.get(case_id=case.id)

    given = assign.assign([task.id], colleague, by=supervisor, reason="同事病假", now=NOW)
    assert [each.outcome for each in await woken(given)] == ["assigned"]
    barring = recuse.recuse(case.id, by=supervisor, staff_id=clerk.id, reason="亲属", now=NOW)
    await woken(barring)
    await woken(recuse.end(case.id, by=supervisor, staff_id=clerk.id, reason="有误", now=NOW))


async def test_what_goes_back_to_the_unit_is_told_at_once() -> None:
    supervisor, case = await staff((COMMUNITY, Role.SUPERVISOR)), await a_case()
    first = await a_colleague((COMMUNITY, Role.CLERK))
    task = await Task.get(case_id=case.id)

    for leave in (
        leaving.end_post(first, (COMMUNITY, Role.CLERK), by=OPERATOR, now=NOW),
        leaving.disable(first, by=OPERATOR, now=NOW),
    ):
        await Task.filter(id=task.id).update(assignee_id=first)
        assert await woken(leave) == 1
    await tasks.claim(task.id, by=(clerk := await a_clerk()))
    back = assign.release(task.id, by=supervisor, reason="改派", now=NOW)
    assert (await woken(back))[1] == str(clerk.id)


async def test_reminders_and_warnings_are_sent_at_once() -> None:
    late = await a_case()
    await Task.filter(case_id=late.id).update(due_at=NOW - timedelta(days=1))
    assert await woken(reminding.remind(now=NOW)) == 1

    asked = await a_case(CaseStatus.SUPPLEMENT_REQUESTED)
    moment = (await Case.get(id=asked.id)).warn_at
    assert moment
    assert await woken(warning.warn(now=moment)) == 1
