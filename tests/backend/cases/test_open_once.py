"""One open case of an item and a thing: in every state that a case of its flow may be open in."""

from itertools import repeat

import pytest
from tortoise.exceptions import IntegrityError

from backend.cases.rules.lifecycle import FINAL
from models import CaseStatus
from tests.backend.cases import factories
from tests.backend.cases.factories import ITEM, a_case, an_actor

pytestmark = pytest.mark.usefixtures("city")
# Nothing leads there yet.
UNREACHED = {CaseStatus.DRAFT, CaseStatus.SUSPENDED, CaseStatus.TERMINATED}
REQUEST, ENROL = "FW-CG-001", "FW-FL-003"
OPEN = [
    (ITEM, CaseStatus.SUBMITTED),
    (ITEM, CaseStatus.SUPPLEMENT_REQUESTED),
    (ITEM, CaseStatus.ACCEPTED),
    (ITEM, CaseStatus.UNDER_REVIEW),
    (ITEM, CaseStatus.APPROVED),
    (ITEM, CaseStatus.DENIED),
    (ITEM, CaseStatus.DELIVERED),
    (REQUEST, CaseStatus.DISPATCHED),
    (REQUEST, CaseStatus.DONE),
    (ENROL, CaseStatus.ENROLLED),
]


@pytest.fixture(autouse=True)
def all_about_one_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factories, "_objects", repeat("the lamp"))


@pytest.mark.parametrize(("item", "status"), OPEN)
async def test_while_one_is_open_the_same_is_not_filed_again(item: str, status: CaseStatus) -> None:
    by = await an_actor()
    await a_case(status, item_code=item, by=by)
    with pytest.raises(IntegrityError, match="case_one_open"):
        await a_case(item_code=item, by=by)
    await a_case(item_code=item)


@pytest.mark.parametrize("status", sorted(FINAL - UNREACHED))
async def test_once_it_has_ended_the_same_may_be_filed_again(status: CaseStatus) -> None:
    by = await an_actor()
    await a_case(status, by=by)
    await a_case(by=by)


def test_no_open_state_is_left_out() -> None:
    assert {status for _, status in OPEN} | FINAL | UNREACHED == set(CaseStatus)
