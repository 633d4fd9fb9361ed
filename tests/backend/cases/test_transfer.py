"""A case goes into another unit's hands, and is in one unit's hands at every instant."""

import asyncio
from collections.abc import Awaitable
from uuid import UUID

import pytest

from backend.cases.acts import accept, decide, recuse, review, supplement, transfer, withdraw
from backend.cases.acts.submit import Window
from backend.cases.reading import desk, queries, scope
from backend.cases.reading.to_do import listing, tasks, transfers
from backend.cases.record import internals
from backend.cases.record.intake import Intake
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import Action
from backend.errors import ServiceError
from backend.identity.actors import StaffActor
from models import CaseEvent, CaseStatus, CaseTransfer, ConsentKind, Role, Task, TransferState
from tests.backend.cases.factories import (
    COMMUNITY,
    ITEM,
    NOW,
    a_case,
    an_actor,
    an_item,
    sibling,
    staff,
)
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

RIVALS = 10
ACCEPT, REFUSE = Action.HANDOVER, Action.REFUSE_HANDOVER
pytestmark = pytest.mark.usefixtures("city")


async def offered(case: Snapshot, by: StaffActor) -> set[Action]:
    task = await tasks.open_of_case(case.id)
    return set(desk.allowed(by, case, assignee=task.assignee_id if task else None))


async def test_the_sender_holds_it_until_it_is_accepted_and_the_limits_run_on() -> None:
    applicant = await an_actor()
    case, clerk, other = (
        await a_case(by=applicant),
        await staff((COMMUNITY, Role.CLERK)),
        (await receiver()),
    )
    colleague = await staff((COMMUNITY, Role.CLERK))
    task = await Task.get(case_id=case.id)
    await tasks.claim(task.id, by=colleague)
    assert await refused(send(case, clerk)) == "task_taken"

    sent = await send(case, colleague)

    assert (sent.holder_code, sent.version) == (COMMUNITY, case.version)
    assert sent.events_told == case.events_told
    assert (await tasks.open_of_case(case.id)).assignee_id == colleague.id  # type: ignore[union-attr]
    assert scope.sees(other, sent)
    assert await heard(unit_id=NEIGHBOUR) == ["staff.transfer"]
    # Who is asked does nothing for the applicant before that, and may say that it is a relative's.
    assert await offered(sent, other) == {ACCEPT, REFUSE}
    early = withdraw.at_window(
        case.id,
        by=other,
        window=Window(
            unit_code=NEIGHBOUR, intake=Intake(staff_id=other.id, consent=ConsentKind.ORAL)
        ),
        seen=case.version,
        now=NOW,
        reason=None,
    )
    assert await refused(early) == "not_your_unit"
    related = await receiver()
    await recuse.recuse(case.id, by=related, staff_id=None, reason="申请人是我姑姑", now=NOW)
    assert await refused(transfer.accept(case.id, by=related, now=NOW)) == "staff_recused"
    assert (await CaseEvent.get(case_id=case.id, action="recuse")).unit_id == NEIGHBOUR  # type: ignore[attr-defined]
    assert Action.RECALL in await offered(sent, colleague)
    assert Action.TRANSFER not in await offered(sent, colleague)
    assert await refused(accept.accept(case.id, by=other, seen=1, now=NOW, note=None)) == (
        "not_your_unit"
    )
    waiting = await transfers.waiting(other, "incoming", before=None, limit=5)
    assert [UUID(each.case.id) for each in waiting] == [case.id]
    assert (await listing.to_do(other, limit=5, now=NOW)).counts["incoming"] == 1
    assert await transfers.waiting(other, "outgoing", before=None, limit=5) == []

    await transfer.accept(case.id, by=other, now=LATER)

    taken = await queries.one(case.id)
    assert (taken.holder_code, taken.holder_since, taken.step) == (NEIGHBOUR, LATER, case.step)
    assert (taken.version, taken.status) == (case.version + 1, case.status)
    assert taken.notice_due_at == case.notice_due_at
    mine = await tasks.open_of_case(case.id)
    assert mine is not None
    assert (mine.unit_code, mine.assignee_id, mine.due_at) == (NEIGHBOUR, None, task.due_at)
    assert [event.action for event in taken.events_told] == [Action.SUBMIT, ACCEPT]
    assert await heard(resident_id=applicant.id) == ["case.submit", "case.handover"]
    assert await heard(staff_id=colleague.id) == ["staff.handover"]
    assert await transfers.waiting(other, "incoming", before=None, limit=5) == []
    assert await refused(transfer.accept(case.id, by=other, now=LATER)) == "transfer_not_open"
    too_late = accept.accept(case.id, by=clerk, seen=1, now=LATER, note=None)
    assert await refused(too_late) == "version_stale"
    await accept.accept(case.id, by=other, seen=2, now=LATER, note=None)
    await sound()


async def test_refused_it_returns_with_the_reason_and_is_counted() -> None:
    case, clerk, other = await a_case(), await staff((COMMUNITY, Role.CLERK)), await receiver()
    sent = await send(case, clerk)
    assert await refused(transfer.refuse(case.id, by=other, now=NOW, reason=" ")) == (
        "handover_reason_required"
    )

    await transfer.refuse(case.id, by=other, now=NOW, reason="户籍不在本社区")

    back = await queries.one(case.id)
    assert (back.holder_code, back.version, back.incoming_unit_code) == (
        COMMUNITY, case.version, None,
    )  # fmt: skip
    assert not scope.sees(other, back)
    said = [side.said for side in await internals.of_case(back)][-2:]
    assert said == [
        {"reason": "申请人住在贵社区", "transfer_to": NEIGHBOUR},
        {"reason": "户籍不在本社区"},
    ]
    assert await heard(staff_id=clerk.id) == ["staff.refuse_handover"]
    assert Action.TRANSFER in await offered(back, clerk)
    await send(sent, clerk)
    await transfer.recall(case.id, by=clerk, now=NOW)
    assert await heard(unit_id=NEIGHBOUR) == ["staff.transfer", "staff.transfer", "staff.recall"]
    for unit, seen in ((COMMUNITY, True), ("210102000000", True), ("210103000000", False)):
        supervisor = await staff((unit, Role.SUPERVISOR))
        figures = await transfers.figures(supervisor, days=7, now=NOW)
        assert [(each.sent, each.refused, each.recalled, each.waiting) for each in figures] == (
            [(2, 1, 1, 0)] if seen else []
        )
    assert await transfers.figures(clerk, days=7, now=NOW) == []
    await sound()


async def test_what_the_sender_does_meanwhile_ends_it_or_goes_with_the_case() -> None:
    applicant, item = await an_actor(), await an_item(ITEM, materials=[])
    case = await a_case(by=applicant, item_code=item)
    clerk, other = await staff((COMMUNITY, Role.CLERK)), await receiver()
    await send(case, clerk)
    await ask(case, clerk)
    await transfer.accept(case.id, by=other, now=LATER)

    # The open request goes with the case, and counts as the one of this stage.
    form = case.form
    await supplement.supplement(case.id, by=applicant, now=LATER, form=form, materials=[])
    answered = await queries.one(case.id)
    assert (answered.holder_code, answered.status) == (NEIGHBOUR, CaseStatus.SUBMITTED)
    assert (await heard(unit_id=NEIGHBOUR))[-1] == "staff.supplement"
    assert await refused(ask(answered, other)) == "supplement_already_requested"

    accepted = await a_case(CaseStatus.ACCEPTED)
    role = accepted.item.route[0].role
    sender = await staff((COMMUNITY, role))
    await receiver(role=role)
    await send(accepted, sender)
    await review.pass_step(accepted.id, by=sender, seen=accepted.version, now=NOW, opinion="同意")
    [lapsed] = await CaseTransfer.filter(case_id=accepted.id)
    assert (lapsed.state, lapsed.ended_at) == (TransferState.LAPSED, NOW)
    assert (await heard(case_id=accepted.id, unit_id=NEIGHBOUR)) == [
        "staff.transfer", "staff.recall",
    ]  # fmt: skip

    mine = await a_case(by=applicant)
    await send(mine, clerk)
    await withdraw.withdraw(mine.id, by=applicant, now=NOW, reason=None)
    assert await refused(transfer.accept(mine.id, by=other, now=NOW)) == "transfer_not_open"
    await sound()


async def test_a_supervisor_sends_what_a_colleague_has_in_hand() -> None:
    case, clerk = await a_case(), await staff((COMMUNITY, Role.CLERK))
    await receiver()
    await tasks.claim((await Task.get(case_id=case.id)).id, by=clerk)
    supervisor = await staff(("210102001000", Role.SUPERVISOR))

    sent = await send(case, supervisor)
    boss = await staff((NEIGHBOUR, Role.SUPERVISOR))
    await transfer.accept(sent.id, by=boss, now=NOW)

    for whom in (supervisor, clerk):
        assert await heard(staff_id=whom.id) == ["staff.handover"]


async def test_rivals_leave_it_with_one_unit_and_one_answer() -> None:
    for _ in range(2):
        applicant = await an_actor()
        case = await a_case(CaseStatus.UNDER_REVIEW, step=3, by=applicant)
        here, there = case.holder_code, sibling(case.holder_code)
        approvers = [await staff((here, Role.APPROVER)) for _ in range(3)]
        takers = [await receiver(there, Role.APPROVER) for _ in range(3)]
        await send(case, approvers[0], there)
        acts: list[Awaitable[None]] = [
            *(transfer.accept(case.id, by=by, now=NOW) for by in takers),
            transfer.refuse(case.id, by=takers[0], now=NOW, reason="不归本单位"),
            *(transfer.recall(case.id, by=by, now=NOW) for by in approvers[:2]),
            *(
                transfer.send(
                    case.id, by=by, seen=case.version, now=NOW, unit_code=there, reason="再转"
                )
                for by in approvers[1:]
            ),
            decide.decide(
                case.id,
                by=approvers[2],
                seen=case.version,
                now=NOW,
                outcome="approved",
                opinion="符合条件",
            ),
            withdraw.withdraw(case.id, by=applicant, now=NOW, reason=None),
        ]
        assert len(acts) >= RIVALS

        results = await asyncio.gather(*acts, return_exceptions=True)

        failed = [each for each in results if each is not None]
        assert all(isinstance(each, ServiceError) for each in failed), failed
        now = await queries.one(case.id)
        found = await CaseTransfer.filter(case_id=case.id)
        taken = [each for each in found if each.state is TransferState.ACCEPTED]
        assert len(taken) <= 1
        assert now.holder_code == (there if taken else here)
        assert len([each for each in found if each.state is TransferState.OPEN]) <= 1
        await sound()
