"""What becomes of a step that another unit took over: it is not begun anew, and returns there."""

from datetime import timedelta

import pytest

from backend.cases.acts import review, supplement, transfer
from backend.cases.reading import queries
from backend.cases.reading.to_do import tasks
from backend.organisation import queries as organisation
from models import CaseStatus, OrgUnit
from tests.backend.cases.factories import COMMUNITY, ITEM, NOW, a_case, an_actor, an_item, staff
from tests.backend.cases.transferring import (
    LATER,
    NEIGHBOUR,
    ask,
    heard,
    receiver,
    refused,
    send,
    sound,
)

pytestmark = pytest.mark.usefixtures("city")


async def test_a_unit_that_takes_a_step_over_does_not_begin_it_anew() -> None:
    applicant, item = await an_actor(), await an_item(ITEM, materials=[])
    case = await a_case(CaseStatus.ACCEPTED, by=applicant, item_code=item)
    role = case.item.route[0].role
    sender, other = await staff((COMMUNITY, role)), await receiver(role=role)
    await ask(case, sender)
    await supplement.supplement(case.id, by=applicant, now=NOW, form=case.form, materials=[])
    await send(await queries.one(case.id), sender)
    await transfer.accept(case.id, by=other, now=LATER)

    taken = await queries.one(case.id)
    assert taken.holder_since == LATER
    assert await refused(ask(taken, other)) == "supplement_already_requested"

    await review.pass_step(case.id, by=other, seen=taken.version, now=LATER, opinion="同意")
    passed = await queries.one(case.id)
    reviewer = await staff((passed.holder_code, passed.item.route[1].role))
    await ask(passed, reviewer, now=LATER)
    assert (await queries.one(case.id)).status is CaseStatus.SUPPLEMENT_REQUESTED


@pytest.mark.parametrize("there", [True, False])
async def test_what_is_returned_comes_to_who_took_the_step_over_while_there_is_such_a_unit(
    there: bool,  # noqa: FBT001 - a table's column
) -> None:
    case = await a_case(CaseStatus.ACCEPTED)
    role = case.item.route[0].role
    sender, other = await staff((COMMUNITY, role)), await receiver(role=role)
    sent = await send(case, sender)
    await transfer.accept(case.id, by=other, now=LATER)
    seen = sent.version + 1
    await review.pass_step(case.id, by=other, seen=seen, now=LATER, opinion="同意")
    street = await staff(("210102001000", case.item.route[1].role))
    if not there:
        await OrgUnit.filter(code=NEIGHBOUR).update(valid_to=LATER.date() - timedelta(days=1))
        await organisation.load()

    await review.return_step(
        case.id, by=street, seen=seen + 1, now=LATER, to_step=1, reason="请补充走访记录"
    )

    back = await queries.one(case.id)
    expected = NEIGHBOUR if there else COMMUNITY
    assert (back.step, back.holder_code) == (1, expected)
    assert (await tasks.open_of_case(case.id)).unit_code == expected  # type: ignore[union-attr]
    assert (await heard(unit_id=expected))[-1] == "staff.return"
    await sound()
