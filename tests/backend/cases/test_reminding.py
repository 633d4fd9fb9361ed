"""Who is told of a task that is nearly due or overdue, when, and that nobody is told twice."""

import asyncio
from datetime import timedelta
from typing import Any

from backend.cases.acts import notice, reminding
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries
from backend.cases.reading.to_do import tasks
from backend.cases.record.snapshot import Snapshot
from backend.identity.actors import StaffActor
from backend.messages.queries import list_of_staff
from config.clock import city_day
from config.vault import sealed
from models import Absence, Message, Role, Task, uuid7
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, a_colleague, staff, untold

STREET, DISTRICT = "210102001000", "210102000000"
LATER = NOW + timedelta(minutes=1)
RIVALS = 8


async def due_in(days: float, **columns: Any) -> Snapshot:
    case = await untold(await a_case())
    await Task.filter(case_id=case.id).update(due_at=NOW + timedelta(days=days), **columns)
    return case


async def told(by: StaffActor) -> list[tuple[str, str]]:
    found = await list_of_staff(by, limit=100)
    return [(message.kind, message.body) for message in reversed(found)]


async def kinds(by: StaffActor) -> list[str]:
    return [kind for kind, _ in await told(by)]


async def test_a_task_is_told_of_when_it_turns_yellow_and_when_it_turns_red(city: None) -> None:
    clerk, reviewer = await staff((COMMUNITY, Role.CLERK)), await staff((COMMUNITY, Role.REVIEWER))
    posts = (DISTRICT, Role.SUPERVISOR), (STREET, Role.SUPERVISOR)
    far, near = [await staff(post) for post in posts]
    for post in posts:
        await a_colleague(post)
    case = await due_in(1)
    await due_in(30)

    assert await reminding.remind(now=NOW) == 1
    assert await reminding.remind(now=LATER) == 0

    about = f"“{case.item.name}”（办件编号{case.number}）"
    assert await told(clerk) == [("tasks.nearly_due", f"{about}将在两个工作日内到期，请及时办理。")]
    assert await told(near) == []
    for _ in range(2):
        await reminding.remind(now=NOW + timedelta(days=2))
    assert await kinds(clerk) == ["tasks.nearly_due", "tasks.overdue"]
    assert await told(near) == [
        ("tasks.overdue_below", f"{about}已超过办理期限，请督促承办单位办理。")
    ]
    assert await told(far) == await told(reviewer) == []


async def test_many_are_told_of_in_one_message_and_a_late_look_tells_of_the_worse(
    city: None,
) -> None:
    clerk = await staff((COMMUNITY, Role.CLERK))
    for days in (1, 1, -1, -3):
        await due_in(days)

    assert await reminding.remind(now=NOW) == 4

    assert [(kind, "等2件任务" in body) for kind, body in await told(clerk)] == [
        ("tasks.overdue", True),
        ("tasks.nearly_due", True),
    ]


async def test_whoever_has_it_is_told_or_their_deputy_or_the_unit(city: None) -> None:
    clerk, holder, away, deputy = [await staff((COMMUNITY, Role.CLERK)) for _ in range(4)]
    today = city_day(NOW)
    for who, named in ((holder, None), (away, deputy.id)):
        case = await due_in(1)
        task = await Task.get(case_id=case.id)
        await tasks.claim(task.id, by=who)
        if named:
            absence = uuid7()
            reason = sealed.seal("absence", absence, column="reason", text="病假")
            await Absence.create(
                id=absence, created_at=NOW, staff_id=who.id, deputy_id=named, starts_on=today,
                ends_on=today, reason_sealed=reason, made_by=who.id,
            )  # fmt: skip

    await reminding.remind(now=NOW)

    assert [len(await told(who)) for who in (clerk, holder, away, deputy)] == [0, 1, 0, 1]
    assert await Message.filter(staff_id=deputy.id, kind="tasks.nearly_due").count() == 1


async def test_a_limit_that_stops_is_not_told_of_and_a_moved_one_is_told_of_anew(
    city: None,
) -> None:
    case, done = await due_in(1), await due_in(1, done_at=NOW)
    by = await staff((COMMUNITY, Role.CLERK))
    await notice.request_supplement(
        case.id,
        by=by,
        seen=case.version,
        now=NOW,
        defects=[Defect(reason="不清晰", field="reason")],
        note=None,
        override_reason=None,
    )

    assert await reminding.remind(now=NOW) == 0

    for day in (1, 2):
        await Task.filter(case_id=case.id).update(due_at=NOW + timedelta(days=day))
        assert await reminding.remind(now=NOW) == 1
    assert await kinds(by) == ["tasks.nearly_due"] * 2
    assert (await queries.one(done.id)).number


async def test_of_rivals_one_tells_of_each_task(city: None) -> None:
    clerk = await staff((COMMUNITY, Role.CLERK))
    for _ in range(5):
        await due_in(1)

    counts = await asyncio.gather(*(reminding.remind(now=NOW) for _ in range(RIVALS)))

    assert sum(counts) == 5
    assert (
        sum(int(body.split("等")[1][0]) if "等" in body else 1 for _, body in await told(clerk))
        == 5
    )
