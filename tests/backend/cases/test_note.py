import asyncio
from datetime import timedelta

from backend.cases.acts import accept, note
from backend.cases.reading import queries
from backend.cases.record import internals
from models import Case, CaseStatus, Message, Role, Task
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, staff

RIVALS = 10


async def test_a_note_is_kept_sealed_and_changes_nothing_else(city: None) -> None:
    case = await a_case()
    clerk = await staff((COMMUNITY, Role.CLERK))
    task, row = await Task.get(case_id=case.id), await Case.get(id=case.id)
    later, told = NOW + timedelta(days=3), await Message.filter(case_id=case.id).count()

    await note.note(case.id, by=clerk, now=later, text="已电话核实，申请人住院")

    noted = await queries.one(case.id)
    after = await Case.get(id=case.id)
    changed = [name for name, value in vars(row).items() if value != vars(after)[name]]
    assert [name for name in changed if not name.startswith("_")] == []
    assert vars(await Task.get(case_id=case.id)) == vars(task)
    assert await Message.filter(case_id=case.id).count() == told
    assert noted.events_told == list(case.events)
    said = (await internals.of_case(noted))[-1]
    assert (said.actor_id, said.said) == (clerk.id, {"note": "已电话核实，申请人住院"})


async def test_what_follows_a_note_has_the_limits_it_had_without_it(city: None) -> None:
    plain, noted = await a_case(), await a_case()
    clerk = await staff((COMMUNITY, Role.CLERK))
    await note.note(noted.id, by=clerk, now=NOW + timedelta(days=2), text="等待核实")
    then = NOW + timedelta(days=3)

    for case, seen in ((plain, 1), (noted, 1)):
        await accept.accept(case.id, by=clerk, seen=seen, now=then, note=None)

    first, second = await queries.one(plain.id), await queries.one(noted.id)
    assert first.accepted_at == second.accepted_at == then
    for limit in ("notice_due_at", "promised_due_at", "statutory_due_at"):
        assert getattr(first, limit) == getattr(second, limit)


async def test_colleagues_note_at_once_and_whoever_has_the_case_in_hand_keeps_it(
    city: None,
) -> None:
    case = await a_case(CaseStatus.UNDER_REVIEW, step=2)
    holder = await staff((case.holder_code, Role.REVIEWER))
    await Task.filter(case_id=case.id).update(assignee_id=holder.id)
    colleagues = [await staff((case.holder_code, Role.CLERK)) for _ in range(RIVALS)]

    await asyncio.gather(
        *(note.note(case.id, by=by, now=NOW, text=f"第{n}条") for n, by in enumerate(colleagues))
    )

    noted = await queries.one(case.id)
    assert [event.seq for event in noted.events] == list(range(1, len(case.events) + RIVALS + 1))
    assert noted.version == case.version
    assert await Task.filter(case_id=case.id, assignee_id=holder.id).exists()
