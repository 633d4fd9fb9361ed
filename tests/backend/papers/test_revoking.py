"""Who revokes a paper, who hears of it, and who issues another."""

import asyncio
from uuid import UUID

import pytest

from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.refusals import NotYourUnit
from backend.errors import Conflict, NotFound
from backend.identity.actors import StaffActor
from backend.papers import operations, queries
from backend.papers.refusals import PaperReissueForbidden, PaperRevoked
from models import Message, Paper, PaperSeries, Role, uuid7
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, staff
from tests.backend.papers.test_issuing import RIVALS, K, decided, issue, said


async def test_one_that_was_revoked_is_followed_by_another_of_its_unit_alone(city: None) -> None:
    case, above = await a_case(), await staff((COMMUNITY, Role.SUPERVISOR))
    clerk, street = [
        await staff((unit, role))
        for unit, role in ((COMMUNITY, Role.CLERK), ("210102001000", Role.SUPERVISOR))
    ]
    first = await issue(case, K.RECEIPT)

    await revoke(case, first.id, by=above)
    issued = await queries.of_case(case.id)
    for by in (None, street):
        assert queries.available(case, issued, staff=by) == []
        with pytest.raises(PaperReissueForbidden):
            await issue(case, K.RECEIPT, by)
    assert [each.kind for each in queries.available(case, issued, staff=clerk)] == [K.RECEIPT]
    second = await issue(case, K.RECEIPT, clerk)

    assert await issue(case, K.RECEIPT) == second

    assert second.number == "沈和社收字〔2026〕第000002号"
    with pytest.raises(Conflict):
        await revoke(case, first.id, by=above)
    with pytest.raises(NotFound):
        await revoke(case, uuid7(), by=await staff(("210102000000", Role.SUPERVISOR)))
    assert [paper.revoked_at is None for paper in await queries.of_case(case.id)] == [False, True]
    assert (await queries.by_code(first.content["verify"]["code"])).revoked_at is not None


LOWER = ("210102001000", COMMUNITY)
DEPARTMENT = "210102-MZ"
REVOKERS = [
    *((unit, Role.SUPERVISOR, False) for unit in (*LOWER, "210100-MZ", "210103000000")),
    *((DEPARTMENT, role, False) for role in (Role.CLERK, Role.REVIEWER, Role.ADMIN)),
    *((unit, Role.APPROVER, unit == DEPARTMENT) for unit in ("210102000000", DEPARTMENT)),
    *((unit, Role.SUPERVISOR, True) for unit in (DEPARTMENT, "210102000000", "210100000000")),
]


async def test_only_who_answers_for_a_decision_revokes_it_and_the_applicant_is_told(
    city: None,
) -> None:
    case, approver = (
        await decided("denied", "收入高于标准"),
        await staff((DEPARTMENT, Role.APPROVER)),
    )
    told = {}

    for unit, role, _ in REVOKERS:
        decision = await issue(case, K.DECISION, approver)
        try:
            await revoke(case, decision.id, by=await staff((unit, role)))
        except NotYourUnit:
            assert (await Paper.get(id=decision.id)).revoked_at is None
        else:
            told[unit, role] = await Message.filter(kind="case.revoke_paper").count()

    may = [(unit, role) for unit, role, may in REVOKERS if may]
    assert told == {each: number for number, each in enumerate(may, 1)}
    theirs = {"resident_id": case.resident_id, "case_id": case.id}
    assert await Message.filter(kind="case.revoke_paper", **theirs).count() == len(may)


async def test_with_a_decision_goes_the_proof_that_it_was_served(city: None) -> None:
    case, approver = (
        await decided("approved", "符合条件"),
        await staff((DEPARTMENT, Role.APPROVER)),
    )
    clerk = await staff((COMMUNITY, Role.CLERK))
    proof, decision = await issue(case, K.PROOF_OF_SERVICE), await issue(case, K.DECISION)
    receipt = await issue(case, K.RECEIPT)

    await revoke(case, decision.id, by=approver)

    found = {each.id: each for each in await queries.of_case(case.id)}
    assert [found[each.id].revoked_at is None for each in (proof, decision, receipt)] == [
        False,
        False,
        True,
    ]
    assert await Message.filter(kind="case.revoke_paper").count() == 1
    assert queries.available(case, list(found.values()), staff=clerk) == [
        each for each in queries.available(case, [], staff=None) if each.kind is K.ACCEPTANCE
    ]
    with pytest.raises(PaperReissueForbidden):
        await issue(case, K.PROOF_OF_SERVICE, approver if proof.unit_code == COMMUNITY else clerk)
    again = await issue(case, K.DECISION, approver)
    by = await staff((proof.unit_code, Role.CLERK))
    served = await issue(case, K.PROOF_OF_SERVICE, by)
    assert again.number in await said(served)
    assert await issue(case, K.PROOF_OF_SERVICE) == served


async def test_of_rivals_none_proves_what_is_revoked_meanwhile(city: None) -> None:
    approver = await staff((DEPARTMENT, Role.APPROVER))
    for _ in range(2):
        case = await decided("approved", "符合条件")
        decision = await issue(case, K.DECISION, approver)
        asked = [
            operations.issue(case, K.PROOF_OF_SERVICE, staff=None, now=NOW) for _ in range(RIVALS)
        ]

        await asyncio.gather(*asked, revoke(case, decision.id, by=approver), return_exceptions=True)

        left = [each for each in await queries.of_case(case.id) if each.revoked_at is None]
        assert left == []


async def test_of_rivals_none_issues_again_what_is_revoked_meanwhile(city: None) -> None:
    case, above = await a_case(), await staff((COMMUNITY, Role.SUPERVISOR))
    first = await issue(case, K.RECEIPT)
    asked = [operations.issue(case, K.RECEIPT, staff=None, now=NOW) for _ in range(RIVALS)]

    _, *got = await asyncio.gather(revoke(case, first.id, by=above), *asked, return_exceptions=True)

    for each in got:
        if isinstance(each, BaseException):
            assert isinstance(each, PaperReissueForbidden | PaperRevoked)
        else:
            assert each == (first, [])
    assert await Paper.filter(case_id=case.id).count() == 1
    assert (await PaperSeries.get(name="沈和社收字〔2026〕")).newest == 1


async def revoke(case: Snapshot, paper_id: UUID, *, by: StaffActor) -> None:
    await operations.revoke(case, paper_id, by=by, reason="姓名有误", now=NOW)
