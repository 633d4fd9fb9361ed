"""Who may open what is masked, for which purpose, and how it is counted."""

from datetime import timedelta
from typing import Any

import pytest

from backend.audit.purposes import AccessPurpose
from backend.cases.record.snapshot import Snapshot
from backend.errors import ServiceError
from backend.identity.actors import StaffActor
from backend.window import figures, revealing
from config import clock
from config.database import connection
from models import Case, CaseStatus, Role
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, a_case, staff

S = CaseStatus
STREET = COMMUNITY[:9] + "000"
NAME, BANK = "applicant.name", "form.bank_account.number"

pytestmark = pytest.mark.usefixtures("city")


async def opened(
    case: Snapshot, by: StaffActor, *fields: str, purpose: AccessPurpose = AccessPurpose.CHECK
) -> dict[str, str | None]:
    return await revealing.reveal(case.id, [*fields], by=by, purpose=purpose, words=None)


async def told(case: Snapshot, by: StaffActor, *fields: str, **more: Any) -> str:
    """The code of the refusal, or that it was opened."""
    try:
        await opened(case, by, *(fields or (NAME,)), **more)
    except ServiceError as error:
        return error.code
    return "opened"


async def rows() -> int:
    return len(await connection().execute_query_dict("SELECT FROM access_log"))


@pytest.mark.parametrize(
    ("status", "step", "unit", "role", "expected"),
    [
        (S.SUBMITTED, 1, COMMUNITY, Role.CLERK, "opened"),
        (S.SUBMITTED, 1, COMMUNITY, Role.REVIEWER, "role_missing"),
        (S.SUBMITTED, 1, COMMUNITY, Role.SUPERVISOR, "role_missing"),
        (S.SUBMITTED, 1, STREET, Role.CLERK, "not_your_unit"),
        (S.SUBMITTED, 1, COMMUNITY, Role.ADMIN, "case_not_found"),
        (S.SUBMITTED, 1, ELSEWHERE, Role.CLERK, "case_not_found"),
        (S.SUPPLEMENT_REQUESTED, 1, COMMUNITY, Role.CLERK, "opened"),
        (S.UNDER_REVIEW, 2, STREET, Role.REVIEWER, "opened"),
        (S.UNDER_REVIEW, 2, STREET, Role.CLERK, "role_missing"),
        (S.UNDER_REVIEW, 2, COMMUNITY, Role.CLERK, "not_your_unit"),
        (S.APPROVED, 3, COMMUNITY, Role.CLERK, "opened"),
        (S.WITHDRAWN, 1, COMMUNITY, Role.CLERK, "action_not_allowed"),
    ],
)
async def test_whoever_works_on_it_opens_it_and_each_opening_is_in_the_log(  # noqa: PLR0917 - a table
    status: CaseStatus, step: int, unit: str, role: Role, expected: str
) -> None:
    case, by = await a_case(status, step=step), await staff((unit, role))

    assert await told(case, by) == expected
    assert await rows() == (expected == "opened")


@pytest.mark.parametrize(
    ("purpose", "field", "expected"),
    [
        ("check", BANK, "opened"),
        ("payment", BANK, "opened"),
        ("contact", BANK, "field_not_needed"),
        ("contact", "applicant.phone", "opened"),
        ("contact", "applicant.id_number", "field_not_needed"),
        ("delivery", "form.applicant.address", "opened"),
        ("progress", "form.applicant.address", "field_not_needed"),
        ("intake", NAME, "field_not_needed"),
        ("check", "form.reason", "fields_unknown"),
        ("check", "form.household.members.0.name", "fields_unknown"),
        ("check", "form.bank_account", "fields_unknown"),
        ("check", "applicant.address", "fields_unknown"),
        ("check", "nothing", "fields_unknown"),
    ],
)
async def test_a_purpose_opens_what_it_needs_and_nothing_else(
    purpose: str, field: str, expected: str
) -> None:
    case, by = await a_case(), await staff((COMMUNITY, Role.CLERK))

    assert await told(case, by, field, purpose=AccessPurpose(purpose)) == expected
    assert await rows() == (expected == "opened")


async def test_the_window_that_filed_it_opens_name_and_phone_alone() -> None:
    case, by = await a_case(), await staff((ELSEWHERE, Role.REVIEWER), (ELSEWHERE, Role.CLERK))
    await Case.filter(id=case.id).update(received_unit_id=ELSEWHERE)

    assert await told(case, by, NAME, "applicant.phone") == "opened"
    # The applicant reads which post looked: the one that may.
    [row] = await connection().execute_query_dict("SELECT details->>'role' AS role FROM access_log")
    assert row["role"] == Role.CLERK
    assert await told(case, by, "applicant.id_number") == "field_not_needed"
    assert await told(case, by, BANK) == "field_not_needed"


async def test_the_values_are_those_that_were_handed_in() -> None:
    case, by = await a_case(), await staff((COMMUNITY, Role.CLERK))

    assert await opened(case, by, BANK, NAME) == {BANK: "6217000000000000001", NAME: "王秀英"}


async def test_a_unit_that_looks_more_than_it_usually_does_stands_out_and_nobody_is_named() -> None:
    case, by = await a_case(), await staff((COMMUNITY, Role.CLERK))
    street, far = await staff((STREET, Role.SUPERVISOR)), await staff((ELSEWHERE, Role.SUPERVISOR))
    for _ in range(figures.FEW + 1):
        await opened(case, by, NAME)
    now = clock.now()

    [day] = await figures.volumes(street, days=1, now=now)

    assert (day.unit_code, day.reveals, day.searches, day.unusual) == (COMMUNITY, 11, 0, True)
    assert await figures.volumes(far, days=1, now=now) == []
    assert await figures.volumes(by, days=1, now=now) == []
    # A day later it is a part of what is usual.
    assert await figures.volumes(street, days=1, now=now + timedelta(days=1)) == []
