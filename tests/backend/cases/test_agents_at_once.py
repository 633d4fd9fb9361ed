"""An agent who taps twice, or two who act for one person: the case changes once."""

from uuid import UUID

import pytest

from backend.cases.acts import withdraw
from backend.identity.actors import ResidentActor
from backend.mandates import acting
from config import clock
from models import AccessRecord, CaseEvent, Message, Right
from tests.backend.appointments.rivals import outcomes
from tests.backend.mandates.pairs import a_pair

pytestmark = pytest.mark.usefixtures("city")
RIVALS = 8


async def taken_back(case_id: UUID, mandate_id: UUID, by: ResidentActor) -> None:
    """As the endpoint does it."""
    async with acting.carrying_out(
        mandate_id,
        by=by,
        right=Right.SUBMIT,
        did="withdraw",
        on=("case", case_id),
        now=clock.now(),
    ) as behalf:
        await withdraw.for_principal(case_id, behalf, now=clock.now(), reason=None)


async def test_of_rivals_with_one_mandate_one_takes_the_case_back() -> None:
    pair = await a_pair()

    found = await outcomes(
        taken_back(pair.case_id, pair.mandate.id, pair.agent) for _ in range(RIVALS)
    )

    assert found == {"done": 1, "action_not_allowed": RIVALS - 1}
    assert await CaseEvent.filter(case_id=pair.case_id, action="withdraw").count() == 1
    assert await Message.filter(kind="case.withdraw_by_agent").count() == 1
    # What was refused is no act: the principal reads of one.
    assert await AccessRecord.filter(action="act_for").count() == 1


async def test_whoever_comes_first_of_agent_and_principal_takes_it_back() -> None:
    pair = await a_pair()

    found = await outcomes(
        taken_back(pair.case_id, pair.mandate.id, pair.agent)
        if n % 2
        else withdraw.withdraw(pair.case_id, by=pair.principal, now=clock.now(), reason=None)
        for n in range(RIVALS)
    )

    assert found == {"done": 1, "action_not_allowed": RIVALS - 1}
    assert await CaseEvent.filter(case_id=pair.case_id, action="withdraw").count() == 1
