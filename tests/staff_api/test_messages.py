"""What staff are told of, and who of them."""

from uuid import UUID

import pytest

from backend.cases.acts import accept, notice, review, supplement
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries as cases
from backend.cases.reading import scope
from backend.catalogue import queries as catalogue
from backend.identity.actors import StaffActor
from backend.messages import operations, queries
from backend.messages.queries import Message
from backend.messages.refusals import MessageNotFound
from backend.organisation import queries as organisation
from models import CaseStatus, ItemVersion, Role, VersionStatus
from tests.backend.cases.factories import (
    COMMUNITY,
    ELSEWHERE,
    ITEM,
    NOW,
    a_case,
    a_file,
    an_actor,
    an_item,
    untold,
)
from tests.backend.cases.factories import staff as somebody
from tests.backend.cases.test_submit import submit

pytestmark = pytest.mark.usefixtures("city")
COMPLAINT = "FW-CG-001"
PAPERS = ("id_card", "household_register", "economic_check_authorisation")


async def a_clerk(unit: str = COMMUNITY) -> StaffActor:
    return await somebody((unit, Role.CLERK))


async def at_step(step: int) -> StaffActor:
    """Who has the role of this step of the item, in its unit."""
    item = await catalogue.current(ITEM)
    route = item.route[step - 1]
    return await somebody(
        (organisation.step_unit(route, COMMUNITY, item.department_code).code, route.role)
    )


async def told(by: StaffActor, *, unread: bool = False) -> list[Message]:
    return await queries.list_of_staff(by, unread=unread, limit=100)


async def kinds(by: StaffActor) -> list[str]:
    return [each.kind for each in await told(by)]


async def all_of_the_way() -> StaffActor:
    """Somebody with every role in every unit of the item's way."""
    item = await catalogue.current(ITEM)
    units = {
        organisation.step_unit(step, COMMUNITY, item.department_code).code for step in item.route
    }
    return await somebody(*[(unit, role) for unit in units for role in scope.READERS])


async def test_a_new_case_is_told_to_those_who_have_its_task_and_to_nobody_else() -> None:
    clerk, reviewer = await a_clerk(), await somebody((COMMUNITY, Role.REVIEWER))
    elsewhere = await a_clerk(ELSEWHERE)

    case = await cases.one(UUID((await submit(await an_actor())).decode()))

    (message,) = await told(clerk)
    assert (message.kind, message.case_id, message.read_at) == ("staff.submit", case.id, None)
    assert message.body == (
        f"“{case.item.name}”有新的办件，办件编号{case.number}，请及时核对。"
        "请在2026年3月16日前答复。"
    )
    assert await told(reviewer) == await told(elsewhere) == []


async def test_what_is_passed_on_or_returned_is_told_to_the_role_of_its_next_step() -> None:
    first, second = await at_step(1), await at_step(2)
    case = await untold(await a_case(CaseStatus.ACCEPTED))

    await review.pass_step(case.id, by=first, seen=case.version, now=NOW, opinion="同意")
    await review.return_step(
        case.id, by=second, seen=case.version + 1, now=NOW, to_step=1, reason="请核实"
    )

    assert await kinds(second) == ["staff.pass"]
    (message,) = await told(first)
    assert message.kind == "staff.return"
    assert "请核实" not in message.body
    assert "前办理。" in message.body


async def test_what_is_dispatched_where_it_came_in_is_told_to_the_role_of_that_step() -> None:
    *_, last = (await ItemVersion.get(item_id=COMPLAINT, status=VersionStatus.PUBLISHED)).route
    code = await an_item(COMPLAINT, route=[last | {"no": 1}])
    case = await untold(await a_case(item_code=code))
    clerk, colleague = [await a_clerk(case.holder_code) for _ in range(2)]
    approver = await somebody((case.holder_code, Role.APPROVER))

    await accept.dispatch(case.id, by=clerk, seen=1, now=NOW, to_step=None, note=None)

    assert await kinds(approver) == ["staff.dispatch"]
    assert await kinds(colleague) == []


async def test_an_acceptance_is_told_to_another_role_that_goes_on_and_to_no_clerk() -> None:
    *_, last = (await ItemVersion.get(item_id=ITEM, status=VersionStatus.PUBLISHED)).route
    for role, heard in ((Role.APPROVER, ["staff.accept"]), (Role.CLERK, [])):
        code = await an_item(ITEM, route=[last | {"no": 1, "role": role}])
        case = await untold(await a_case(item_code=code))
        clerk = await a_clerk(case.holder_code)
        colleague = await somebody((case.holder_code, role))

        await accept.accept(case.id, by=clerk, seen=1, now=NOW, note="内部")

        assert await kinds(colleague) == heard
        assert await kinds(clerk) == []
        assert [case.number in each.body for each in await told(colleague)] == [True] * len(heard)


@pytest.mark.parametrize(
    ("status", "step"), [(CaseStatus.SUBMITTED, 1), (CaseStatus.UNDER_REVIEW, 2)]
)
async def test_a_supplement_is_told_to_those_who_asked_for_it(
    status: CaseStatus, step: int
) -> None:
    by, asks, other = await an_actor(), await at_step(step), await at_step(3)
    case = await untold(await a_case(status, step=step, by=by))
    papers = [(code, await a_file(by)) for code in PAPERS]
    await notice.request_supplement(
        case.id,
        by=asks,
        seen=case.version,
        now=NOW,
        defects=[Defect(material_code=code, reason="请补交") for code in PAPERS],
        note=None,
        override_reason=None,
    )
    assert await kinds(asks) == []

    await supplement.supplement(case.id, by=by, now=NOW, form=None, materials=papers)

    assert await kinds(asks) == ["staff.supplement"]
    assert await kinds(other) == []


async def test_nobody_is_told_of_what_they_did_themselves() -> None:
    by = await all_of_the_way()
    colleague = await at_step(2)
    case = await untold(await a_case(CaseStatus.ACCEPTED))

    await review.pass_step(case.id, by=by, seen=case.version, now=NOW, opinion="同意")

    assert await kinds(colleague) == ["staff.pass"]
    assert await told(by) == []
    assert await queries.unread_of_staff(by) == 0
    with pytest.raises(MessageNotFound):
        await operations.read_by_staff((await told(colleague))[0].id, by=by, now=NOW)
