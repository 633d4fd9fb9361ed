"""What staff are offered is what they may do, and what they did is told of their own unit."""

from typing import Any

import pytest

from backend.cases.acts import accept, decide, deliver, review
from backend.cases.reading import desk, queries
from backend.cases.reading.to_do import tasks
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import Action
from backend.errors import Conflict, Forbidden, Invalid
from backend.identity.actors import StaffActor
from models import CaseStatus, Flow, ItemVersion, Role, Task, VersionStatus
from tests.backend.cases.factories import COMMUNITY, ITEM, NOW, a_case, an_item, staff


async def route() -> list[dict[str, Any]]:
    """Three steps: community, street and the district's department."""
    version = await ItemVersion.get(item_id=ITEM, status=VersionStatus.PUBLISHED)
    return list(version.route)


async def offered(case: Snapshot, by: StaffActor) -> list[Action]:
    case, task = await queries.one(case.id), await tasks.open_of_case(case.id)
    return desk.allowed(by, case, assignee=task.assignee_id if task else None)


async def test_what_a_colleague_has_in_hand_is_offered_to_nobody_else(city: None) -> None:
    case = await a_case()
    clerk, colleague = await staff((COMMUNITY, Role.CLERK)), await staff((COMMUNITY, Role.CLERK))
    task = await Task.get(case_id=case.id)
    before = await offered(case, colleague)

    await tasks.claim(task.id, by=clerk)

    assert Action.ACCEPT in before
    assert await offered(case, clerk) == before
    # What a window does for whoever stands there is in nobody's hands.
    assert await offered(case, colleague) == [Action.WITHDRAW]
    with pytest.raises(Conflict) as refused:
        await accept.accept(case.id, by=colleague, seen=case.version, now=NOW, note=None)
    assert refused.value.code == "task_taken"


async def test_what_a_clerk_accepts_is_not_in_their_hands_where_another_role_goes_on(
    city: None,
) -> None:
    *_, last = await route()
    item = await an_item(ITEM, route=[last | {"no": 1}])
    case = await a_case(item_code=item)
    clerk = await staff((case.holder_code, Role.CLERK))
    approver = await staff((case.holder_code, Role.APPROVER))

    await accept.accept(case.id, by=clerk, seen=case.version, now=NOW, note=None)

    seen = case.version + 1
    assert Action.DECIDE in await offered(case, approver)
    with pytest.raises(Forbidden):
        await decide.decide(
            case.id,
            by=clerk,
            seen=case.version + 1,
            now=NOW,
            outcome="approved",
            opinion="符合条件",
        )
    await decide.decide(
        case.id, by=approver, seen=seen, now=NOW, outcome="approved", opinion="符合条件"
    )


async def test_what_the_window_hands_out_and_closes_is_told_of_the_window(city: None) -> None:
    case = await a_case(CaseStatus.APPROVED, step=3)
    window, holder = await staff((COMMUNITY, Role.CLERK)), case.holder_code
    approver = await staff((holder, Role.APPROVER))

    await deliver.deliver(
        case.id, by=window, seen=case.version, now=NOW, method="pickup", note=None
    )
    await deliver.close(case.id, by=approver, seen=case.version + 1, now=NOW, reason=None)

    closed = await queries.one(case.id)
    assert [event.unit_code for event in closed.events[-2:]] == [COMMUNITY, holder]
    assert closed.holder_code == holder


async def test_a_request_goes_back_to_no_step_that_its_dispatch_left_out(city: None) -> None:
    item = await an_item(ITEM, flow=Flow.REQUEST)
    case = await a_case(item_code=item)
    clerk = await staff((COMMUNITY, Role.CLERK))
    await accept.dispatch(case.id, by=clerk, seen=case.version, now=NOW, to_step=3, note=None)
    dispatched = await queries.one(case.id)
    approver, seen = await staff((dispatched.holder_code, Role.APPROVER)), dispatched.version

    for step in (0, 2, 3):
        with pytest.raises(Invalid) as refused:
            await review.return_step(
                case.id, by=approver, seen=seen, now=NOW, to_step=step, reason="请核实"
            )
        assert refused.value.code == "step_not_passed"
    await review.return_step(
        case.id, by=approver, seen=case.version + 1, now=NOW, to_step=1, reason="请核实"
    )

    assert (await queries.one(case.id)).step == 1
