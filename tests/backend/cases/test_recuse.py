"""Nobody has a part in their own case, nor in one that they were recused from."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from backend.cases.acts import accept, assign, note, recuse, review, transfer, withdraw
from backend.cases.reading import desk, queries
from backend.cases.reading.to_do import statements, tasks
from backend.cases.record import internals, recusals
from backend.cases.record.snapshot import Snapshot
from backend.errors import ServiceError
from backend.identity.actors import StaffActor
from config import database
from models import Case, CaseStatus, Message, Post, Recusal, Resident, Role, Staff, Task
from tests.backend.cases.factories import (
    COMMUNITY,
    ELSEWHERE,
    NOW,
    a_case,
    a_colleague,
    an_actor,
    sibling,
    staff,
)
from tests.backend.cases.test_submit import submit
from tests.waiting import held_up

STREET, DISTRICT = "210102001000", "210102000000"
RIVALS = 8
pytestmark = pytest.mark.usefixtures("city")


async def a_clerk(unit: str = COMMUNITY, role: Role = Role.CLERK) -> StaffActor:
    return await staff((unit, role))


async def a_post(of: StaffActor) -> None:
    """Their posts as rows, too."""
    for post in of.posts:
        await Post.create(staff_id=of.id, unit_id=post.unit_code, role=post.role, created_at=NOW)


async def recused(case: Snapshot, by: StaffActor, whom: UUID | None = None) -> None:
    await recuse.recuse(case.id, by=by, staff_id=whom, reason="申请人是我的表弟", now=NOW)


async def refused(act: Awaitable[Any]) -> str:
    with pytest.raises(ServiceError) as refusal:
        await act
    return refusal.value.code


async def task_of(case: Snapshot) -> Task:
    return await Task.get(case_id=case.id, done_at=None)


async def holder(case: Snapshot) -> UUID | None:
    task = await tasks.open_of_case(case.id)
    return task.assignee_id if task else None


async def acts(case: Snapshot, by: StaffActor) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What a clerk does with a new case."""
    task, there = await task_of(case), sibling(COMMUNITY)
    await a_colleague((there, Role.CLERK))
    return {
        "accept": lambda: accept.accept(case.id, by=by, seen=case.version, now=NOW, note=None),
        "note": lambda: note.note(case.id, by=by, now=NOW, text="已核实"),
        "claim": lambda: tasks.claim(task.id, by=by),
        "transfer": lambda: transfer.send(
            case.id, by=by, seen=case.version, now=NOW, unit_code=there, reason="请代办"
        ),
    }


async def test_nobody_acts_on_their_own_case_or_on_one_that_they_filed() -> None:
    me, mine = await a_clerk(), await an_actor()
    account = await Resident.get(id=mine.id).prefetch_related("person")
    await Staff.filter(id=me.id).update(openid_hash=account.openid_hash)
    own = await a_case(by=mine)
    # The same person's with another phone, and one that I filed for somebody with a mandate.
    other_phone = await a_case(by=await an_actor(person=account.person))
    for_somebody = await a_case()
    await Case.filter(id=for_somebody.id).update(resident_id=None, filed_by_id=account.id)

    for case in (own, other_phone, for_somebody):
        for name, act in (await acts(case, me)).items():
            assert await refused(act()) == "own_case", name
        assert await holder(case) is None
        assert (await queries.one(case.id)).events == case.events
    supervisor = await staff((STREET, Role.SUPERVISOR))
    task = await task_of(own)
    [result] = await assign.assign([task.id], me.id, by=supervisor, reason="分派", now=NOW)
    # Who has no post as a row cannot bring it on either: what is said first is to recuse them.
    assert result.refusal is not None
    assert result.refusal.code == "assignee_recused"
    colleague = await a_clerk()
    await accept.accept(own.id, by=colleague, seen=own.version, now=NOW, note=None)


async def test_who_is_recused_acts_no_more_and_what_they_had_goes_back() -> None:
    case, me, colleague = await a_case(), await a_clerk(), await a_clerk()
    await tasks.claim((await task_of(case)).id, by=me)

    await recused(case, me)
    await recused(case, me)

    assert await holder(case) is None
    for name, act in (await acts(case, me)).items():
        assert await refused(act()) == "staff_recused", name
    after = await queries.one(case.id)
    assert (after.version, after.events_told) == (case.version, case.events_told)
    assert [side.said for side in await internals.of_case(after)][-1:] == [{"recused": str(me.id)}]
    assert await Recusal.filter(case_id=case.id).count() == 1
    [found] = await recusals.of_case(case.id)
    assert (found.staff_id, found.made_by, found.reason) == (me.id, me.id, "申请人是我的表弟")
    assert desk.allowed(colleague, after, assignee=None)
    await accept.accept(case.id, by=colleague, seen=case.version, now=NOW, note=None)


async def test_a_supervisor_recuses_a_colleague_and_nobody_else_does() -> None:
    case, clerk = await a_case(), await a_clerk()
    await tasks.claim((await task_of(case)).id, by=clerk)
    supervisor = await staff((STREET, Role.SUPERVISOR))

    for by, code in (
        (await a_clerk(), "role_missing"),
        (await a_clerk(STREET), "not_your_unit"),
        (await a_clerk(ELSEWHERE), "case_not_found"),
        (await staff((ELSEWHERE, Role.SUPERVISOR)), "case_not_found"),
    ):
        assert await refused(recused(case, by, clerk.id)) == code
    assert await refused(recused(case, supervisor, case.id)) == "assignee_unknown"
    await recused(case, supervisor, clerk.id)

    told = await Message.filter(staff_id=clerk.id).order_by("id")
    assert [line.kind for line in told] == ["tasks.recuse", "tasks.unassign"]
    assert await holder(case) is None
    # Also the supervisor may be the one: then they assign it to nobody.
    await recused(case, supervisor)
    task = await task_of(case)
    [result] = await assign.assign([task.id], None, by=supervisor, reason="收回", now=NOW)
    assert result.refusal is not None
    assert result.refusal.code == "staff_recused"


async def test_who_declared_a_recusal_ends_it_and_it_may_be_declared_anew() -> None:
    case, clerk, other = await a_case(), await a_clerk(), await a_clerk()
    supervisor = await staff((STREET, Role.SUPERVISOR))

    async def ended(by: StaffActor, whom: UUID | None = None) -> None:
        await recuse.end(case.id, by=by, staff_id=whom, reason="核实后并非亲属", now=NOW)

    await recused(case, clerk)
    await recused(case, supervisor, other.id)
    for by, whom, code in (
        (supervisor, clerk.id, "recusal_not_yours"),
        (other, None, "recusal_not_yours"),
        (other, clerk.id, "role_missing"),
        (supervisor, None, "recusal_not_found"),
        (await a_clerk(ELSEWHERE), None, "case_not_found"),
    ):
        assert await refused(ended(by, whom)) == code
    assert len(await recusals.of_case(case.id)) == 2

    await ended(clerk)
    await ended(supervisor, other.id)

    assert await refused(ended(clerk)) == "recusal_not_found"
    assert await recusals.of_case(case.id) == []
    after = await queries.one(case.id)
    assert after.version == case.version
    said = (await internals.of_case(after))[-1].said
    assert said == {"recused": str(other.id), "reason": "核实后并非亲属"}
    told = await Message.filter(kind="tasks.end_recusal").values_list("staff_id", flat=True)
    assert told == [other.id]
    # Rivals end it once; then it may be declared again, and the first stays on record.
    await recused(case, clerk)
    results = await asyncio.gather(*(ended(clerk) for _ in range(RIVALS)), return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert await Recusal.filter(case_id=case.id, staff_id=clerk.id).count() == 2
    await accept.accept(case.id, by=clerk, seen=case.version, now=NOW, note=None)


async def test_where_nobody_is_left_the_next_supervisor_is_told_and_may_send_it_on() -> None:
    case = await a_case(CaseStatus.UNDER_REVIEW, step=3)
    unit = case.holder_code
    only = await staff((unit, Role.APPROVER))
    boss = await staff((DISTRICT, Role.SUPERVISOR))
    for who in (only, boss):
        await a_post(who)

    await recused(case, only)

    told = await Message.filter(kind="staff.unstaffed").values("unit_id", "role", "case_id")
    assert told == [{"unit_id": DISTRICT, "role": Role.SUPERVISOR, "case_id": case.id}]
    there = sibling(unit)
    other = await staff((there, Role.APPROVER))
    await a_post(other)
    account = await Resident.get(id=case.resident_id)
    # Nor is it sent to where only the applicant could deal with it.
    for openid, code in ((account.openid_hash, "receiver_unfit"), (None, None)):
        await Staff.filter(id=other.id).update(openid_hash=openid)
        sending = transfer.send(
            case.id, by=boss, seen=case.version, now=NOW, unit_code=there, reason="须回避"
        )
        if code:
            assert await refused(sending) == code
        else:
            await sending


async def test_where_only_the_applicant_could_do_it_the_supervisor_is_told_as_it_arrives() -> None:
    clerk, boss = await a_clerk(), await staff((STREET, Role.SUPERVISOR))
    for who in (clerk, boss):
        await a_post(who)
    told = Message.filter(kind="staff.unstaffed", unit_id=STREET)
    mine = await an_actor()

    await submit(await an_actor())
    assert await told.count() == 0
    account = await Resident.get(id=mine.id)
    await Staff.filter(id=clerk.id).update(openid_hash=account.openid_hash)
    filed = UUID((await submit(mine)).decode())

    assert [each.case_id for each in await told] == [filed]  # type: ignore[attr-defined]
    await a_post(await a_clerk())
    await withdraw.withdraw(filed, by=mine, now=NOW, reason=None)
    await submit(mine)
    assert await told.count() == 1
    # Nor can anybody where the next step is.
    passed = await a_case(CaseStatus.ACCEPTED)
    by = await staff((COMMUNITY, passed.item.route[0].role))
    await review.pass_step(passed.id, by=by, seen=passed.version, now=NOW, opinion="同意")
    assert await told.filter(case_id=passed.id).count() == 1


async def test_a_claim_that_is_just_being_made_is_waited_for_and_taken_back() -> None:
    case, clerk = await a_case(), await a_clerk()
    elsewhere = await database.single(database.url())

    async with elsewhere.transaction():
        await elsewhere.execute(statements.CLAIM, (await task_of(case)).id, clerk.id, [COMMUNITY])
        recusing = asyncio.ensure_future(recused(case, clerk))
        await held_up(elsewhere)
    await elsewhere.close()

    await recusing
    assert await holder(case) is None


async def test_who_claims_or_is_assigned_while_being_recused_does_not_keep_it() -> None:
    supervisor = await staff((STREET, Role.SUPERVISOR))
    for _ in range(3):
        case, clerk = await a_case(), await staff((COMMUNITY, Role.CLERK))
        await a_post(clerk)
        task = await task_of(case)

        await asyncio.gather(
            *(tasks.claim(task.id, by=clerk) for _ in range(RIVALS // 2)),
            *(
                assign.assign([task.id], clerk.id, by=supervisor, reason="分派", now=NOW)
                for _ in range(2)
            ),
            accept.accept(case.id, by=clerk, seen=case.version, now=NOW, note=None),
            *(recused(case, clerk) for _ in range(2)),
            return_exceptions=True,
        )

        assert await holder(case) is None
        assert await Recusal.filter(case_id=case.id).count() == 1
