"""The cases that the tests are given are such as the operations leave behind."""

import pytest

from backend.cases.rules import flows
from backend.consistency import audit
from models import CaseStatus, Flow
from tests.backend.cases import golden
from tests.backend.cases.factories import a_case
from tests.backend.cases.histories import WAYS
from tests.backend.cases.test_walk import ITEMS
from tests.stage import owner

# There is no file: the cases begin without papers.
STORED = {"file_has_bytes", "file_has_its_size", "bytes_have_file"}


async def test_the_audit_finds_every_case_sound_that_the_factory_makes(city: None) -> None:
    for flow, status, step in WAYS:
        case = await a_case(status, step=step, item_code=ITEMS[flow])
        assert (case.item.flow, case.status, case.step) == (flow, status, step)
        assert (
            len(case.events)
            == case.version
            == len(WAYS[flow, status, step])
            + 1
            + sum(step - 2 for action in WAYS[flow, status, step] if action == "pass" and step > 2)
        )

    async with owner() as connection, connection.transaction():
        checks = [check for check in audit.checks() if check.name not in STORED]
        findings = audit.broken(await audit.on(connection, checks))

    assert {each.check.name: each.faults.count for each in findings} == {}


@pytest.mark.parametrize("flow", ITEMS)
def test_every_status_of_a_flow_is_come_to_by_moves_of_its_table(flow: Flow) -> None:
    assert {status for found, status, _ in WAYS if found is flow} == set(golden.statuses(flow))
    for found, status, step in WAYS:
        if found is flow and status not in golden.ENDS:
            may = flows.MOVES[flow][status]
            assert may, (status, step)


async def test_a_case_that_no_way_leads_to_cannot_be_made(city: None) -> None:
    for status, step in [
        (CaseStatus.SUBMITTED, 2),
        (CaseStatus.ACCEPTED, 3),
        (CaseStatus.APPROVED, 1),
        (CaseStatus.SUSPENDED, 1),
        (CaseStatus.DRAFT, 1),
        (CaseStatus.DONE, 1),
    ]:
        with pytest.raises(LookupError, match=f"is {status} at step {step}"):
            await a_case(status, step=step)
