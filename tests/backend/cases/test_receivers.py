"""Which unit may be asked to take a case over."""

from datetime import date

import pytest

from backend.cases.reading import queries
from backend.organisation import queries as organisation
from models import CaseStatus, CaseTransfer, OrgUnit, Role
from tests.backend.cases.factories import COMMUNITY, a_case, a_colleague, staff
from tests.backend.cases.transferring import NEIGHBOUR, receiver, refused, send

pytestmark = pytest.mark.usefixtures("city")


async def test_each_unit_that_cannot_take_it_is_refused_for_its_own_reason() -> None:
    case, clerk = await a_case(), await staff((COMMUNITY, Role.CLERK))
    gone = "210102001003"
    await OrgUnit.filter(code=gone).update(valid_to=date(2026, 1, 1))
    await organisation.load()
    wrong: list[tuple[str, str]] = [
        ("nowhere", "receiver_unknown"),
        (gone, "receiver_unknown"),
        (COMMUNITY, "receiver_same"),
        ("210102001000", "receiver_unfit"),
        ("210102000000", "receiver_unfit"),
        ("210102-MZ", "receiver_unfit"),
        (NEIGHBOUR, "receiver_unfit"),
    ]
    for unit, code in wrong:
        assert await refused(send(case, clerk, unit)) == code, unit
    assert await CaseTransfer.all().count() == 0
    assert (await queries.one(case.id)).events == case.events
    await receiver()
    stranger = await staff((NEIGHBOUR, Role.CLERK))
    assert await refused(send(case, stranger)) == "case_not_found"
    await send(case, clerk)
    assert await refused(send(case, clerk)) == "transfer_open"
    closed = await a_case(CaseStatus.WITHDRAWN)
    assert await refused(send(closed, clerk)) == "action_not_allowed"
    await OrgUnit.filter(code=gone).update(valid_to=None)
    await organisation.load()


async def test_a_department_of_another_kind_takes_requests_and_no_approvals() -> None:
    approval = await a_case(CaseStatus.UNDER_REVIEW, step=3)
    approver = await staff((approval.holder_code, Role.APPROVER))
    request = await a_case(CaseStatus.DISPATCHED, step=3, item_code="FW-XX-001")
    other = "210102-CL"
    for role in (Role.APPROVER, Role.REVIEWER, Role.CLERK):
        await a_colleague((other, role))

    assert await refused(send(approval, approver, other)) == "receiver_unfit"
    handler = await staff(*((request.holder_code, role) for role in Role if role != "admin"))
    if request.holder_code != other and "-" in request.holder_code:
        assert (await send(request, handler, other)).incoming_unit_code == other
