"""Absences: who may declare them, what their deputy may do, and what nobody can have at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend import audit
from backend.cases.acts import accept, leaving
from backend.cases.reading import queries
from backend.cases.reading.to_do import tasks
from backend.cases.record import internals
from backend.cases.rules.refusals import TaskTaken
from backend.errors import ServiceError
from backend.identity import actors, sessions, staff
from backend.identity.absences import absences as operations
from backend.identity.absences.absences import Declared
from backend.identity.actors import StaffActor
from backend.staff_api import absences, messages
from backend.staff_api import tasks as staff_tasks
from config import clock
from config.clock import city_day
from models import Absence, Audience, Message, Role, Task
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, NOW, a_case
from tests.serving import Served, served

ABSENCES = "/api/v1/staff/absences"
DISTRICT = "210102000000"
RIVALS = 8
CLERK = (COMMUNITY, Role.CLERK)
pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
async def api() -> AsyncIterator[Served]:
    async with served([absences.routes, messages.routes, staff_tasks.routes]) as api:
        yield api


async def member(name: str, *held: tuple[str, Role]) -> tuple[UUID, str]:
    """A member of staff with a token."""
    person = await staff.create(name, posts=held or (CLERK,), now=NOW)
    return person, (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token


async def actor(person: UUID) -> StaffActor:
    """As their next request sees them."""
    session = await sessions.start(Audience.STAFF, person, now=clock.now())
    return await actors.staff(session.claims, now=clock.now())


def days(first: int, last: int, **more: Any) -> dict[str, Any]:
    """A declaration, in days from today."""
    today = city_day(clock.now())
    span = {"from": today + timedelta(days=first), "to": today + timedelta(days=last)}
    told = {name: str(day) for name, day in span.items()}
    return told | {"reason": "病假"} | {name: str(value) for name, value in more.items()}


async def test_an_absence_is_declared_seen_by_each_as_they_may_and_ended(api: Served) -> None:
    ill, mine = await member("张三")
    deputy, theirs = await member("李四")
    _, over = await member("王五", (DISTRICT, Role.SUPERVISOR))
    _, other = await member("赵六")

    made = await api.ask("POST", ABSENCES, days(0, 3, deputy_id=deputy), token=mine)

    assert (made.status, made.body["state"], made.body["reason"]) == (201, "current", "病假")
    assert made.body["staff"] == {"id": str(ill), "name": "张三"}
    shown = [
        (await api.ask("GET", ABSENCES, token=who)).body["items"]
        for who in (mine, theirs, over, other)
    ]
    assert [[each["reason"] for each in items] for items in shown] == [
        ["病假"],
        [None],
        ["病假"],
        [],
    ]
    [told] = (await api.ask("GET", "/api/v1/staff/messages", token=theirs)).body["items"]
    assert (told["kind"], "病" in told["body"], "张三" in told["body"]) == (
        "absence.deputy",
        False,
        False,
    )
    path = f"{ABSENCES}/{made.body['id']}/end"
    for who in (theirs, other):
        assert (await api.ask("POST", path, token=who)).code == "absence_not_found"
    for _ in range(2):
        assert (await api.ask("POST", path, token=over)).body["state"] == "over"
    assert (await api.ask("POST", ABSENCES, days(0, 3), token=mine)).status == 201


async def test_what_cannot_be_is_refused_in_a_sentence(api: Served) -> None:
    ill, mine = await member("张三")
    deputy, theirs = await member("李四")
    reviewer, _ = await member("王五", (COMMUNITY, Role.REVIEWER))
    elsewhere, _ = await member("赵六", (ELSEWHERE, Role.CLERK))
    _, over = await member("钱七", (DISTRICT, Role.SUPERVISOR))
    assert (await api.ask("POST", ABSENCES, days(0, 5, deputy_id=deputy), token=mine)).status == 201
    another, own = await member("孙八")
    assert (await api.ask("POST", ABSENCES, days(3, 4), token=own)).status == 201
    refused = [
        (mine, days(-1, 1), 422, "absence_dates_invalid"),
        (mine, days(9, 8), 422, "absence_dates_invalid"),
        (mine, days(10, 400), 422, "absence_dates_invalid"),
        (mine, days(5, 9), 409, "absence_overlaps"),
        (theirs, days(2, 2), 409, "deputy_needed"),
        (mine, days(6, 9, deputy_id=ill), 422, "deputy_unfit"),
        (mine, days(6, 9, deputy_id=reviewer), 422, "deputy_unfit"),
        (mine, days(6, 9, deputy_id=elsewhere), 422, "deputy_unfit"),
        (mine, days(6, 9, deputy_id=uuid4()), 422, "deputy_unfit"),
        (theirs, days(20, 21, staff_id=ill), 404, "colleague_not_found"),
        (over, days(20, 21, staff_id=elsewhere), 404, "colleague_not_found"),
        (over, days(20, 21, staff_id=uuid4()), 404, "colleague_not_found"),
    ]
    before = await Absence.all().count()

    for who, body, status, code in refused:
        heard = await api.ask("POST", ABSENCES, body, token=who)
        assert (heard.status, heard.code) == (status, code), body

    third, free = await member("周九")
    heard = await api.ask("POST", ABSENCES, days(4, 6, deputy_id=another), token=free)
    assert heard.code == "deputy_away"
    assert await Absence.all().count() == before
    heard = await api.ask(
        "POST", ABSENCES, days(4, 6, staff_id=third, deputy_id=deputy), token=over
    )
    assert (heard.status, heard.body["staff"]["name"]) == (201, "周九")


async def test_the_deputy_acts_for_who_is_away_and_only_then(api: Served) -> None:
    ill, mine = await member("张三", *((COMMUNITY, role) for role in (Role.CLERK, Role.REVIEWER)))
    deputy, theirs = await member(
        "李四", *((COMMUNITY, role) for role in (Role.CLERK, Role.REVIEWER))
    )
    case, another = await a_case(), await a_case()
    for each in (case, another):
        await tasks.claim((await Task.get(case_id=each.id)).id, by=await actor(ill))

    async def act(number: int) -> None:
        by = await actor(deputy)
        await accept.accept(
            (case, another)[number].id, by=by, seen=1, now=clock.now(), note="材料齐全"
        )

    with pytest.raises(TaskTaken):
        await act(0)
    made = await api.ask("POST", ABSENCES, days(0, 1, deputy_id=deputy), token=mine)
    listed = (await api.ask("GET", "/api/v1/staff/tasks?scope=deputy", token=theirs)).body
    assert {task["case"]["id"] for task in listed["items"]} == {str(case.id), str(another.id)}

    await act(0)

    side = (await internals.of_case(await queries.one(case.id)))[-1]
    assert (side.actor_id, side.said) == (deputy, {"note": "材料齐全", "acting_for": str(ill)})
    assert "张三" not in str((await queries.one(case.id)).events_told)
    assert await Task.filter(case_id=case.id, assignee_id=ill, done_at=None).exists()
    [told] = (await api.ask("GET", "/api/v1/staff/messages", token=mine)).body["items"][:1]
    assert (told["kind"], told["case_id"]) == ("tasks.acted_for", str(case.id))
    await api.ask("POST", f"{ABSENCES}/{made.body['id']}/end", token=mine)
    listed = (await api.ask("GET", "/api/v1/staff/tasks?scope=deputy", token=theirs)).body
    assert listed["items"] == []
    with pytest.raises(TaskTaken):
        await act(1)
    # By itself it ends with its last day, and it does not begin before its first.
    later = days(1, 2, deputy_id=deputy)
    assert (await api.ask("POST", ABSENCES, later, token=mine)).body["state"] == "coming"
    today = city_day(clock.now())
    for first, last, acts_for in [(1, 2, set()), (-2, -1, set()), (-1, 0, {ill}), (0, 1, {ill})]:
        dates = {
            "starts_on": today + timedelta(days=first),
            "ends_on": today + timedelta(days=last),
        }
        await Absence.filter(ended_at=None).update(**dates)
        assert (await actor(deputy)).deputy_for == acts_for


async def heard_of(whom: StaffActor, deputy: UUID | None, *, last: int = 0) -> str:
    today = city_day(clock.now())
    declared = Declared(
        staff_id=None,
        starts_on=today,
        ends_on=today + timedelta(days=last),
        deputy_id=deputy,
        reason="调休",
    )
    try:
        await operations.declare(declared, by=whom, now=clock.now())
    except ServiceError as error:
        return error.code
    return "declared"


async def test_of_rivals_who_declare_one_absence_one_does() -> None:
    for _ in range(4):
        whom = await actor((await member("张三"))[0])

        heard = await asyncio.gather(
            *(heard_of(whom, None, last=number) for number in range(RIVALS))
        )

        assert sorted(heard) == ["absence_overlaps"] * (RIVALS - 1) + ["declared"]


async def test_of_rivals_in_a_circle_nobody_is_away_and_a_deputy() -> None:
    people = [await actor((await member("张三"))[0]) for _ in range(RIVALS)]
    circle = zip(people, people[1:] + people[:1], strict=True)

    heard = await asyncio.gather(*(heard_of(whom, deputy.id) for whom, deputy in circle))

    kept = await Absence.all().values("staff_id", "deputy_id")
    assert len(kept) == heard.count("declared") > 0
    assert not {each["staff_id"] for each in kept} & {each["deputy_id"] for each in kept}
    assert set(heard) <= {"declared", "deputy_away", "deputy_needed"}


async def test_who_is_away_hears_what_others_did_about_it_and_who_supervises_of_a_lost_deputy(
    api: Served,
) -> None:
    ill, _ = await member("张三")
    deputy, theirs = await member("李四")
    back, _ = await member("赵六")
    _, over = await member("王五", (DISTRICT, Role.SUPERVISOR))
    made = await api.ask("POST", ABSENCES, days(0, 3, staff_id=ill, deputy_id=deputy), token=over)
    assert made.status == 201
    past = await api.ask("POST", ABSENCES, days(5, 6, staff_id=back, deputy_id=deputy), token=over)
    await api.ask("POST", f"{ABSENCES}/{past.body['id']}/end", {}, token=over)

    for _ in range(2):
        await leaving.disable(deputy, by=audit.OPERATOR, now=clock.now())

    told = await Message.filter(kind__startswith="absence.").order_by("id")
    assert [(line.kind, line.staff_id, line.unit_id) for line in told] == [  # type: ignore[attr-defined]
        ("absence.deputy", deputy, None),
        ("absence.declare", ill, None),
        ("absence.deputy", deputy, None),
        ("absence.declare", back, None),
        ("absence.deputy_gone", ill, None),
        ("absence.deputy_gone_below", None, DISTRICT),
    ]
    refused = await api.ask("GET", "/api/v1/staff/tasks", token=theirs)
    assert refused.status == 401


async def test_a_deputy_whose_post_ends_is_gone_and_it_is_told_once(api: Served) -> None:
    ill, _ = await member("张三")
    deputy, _ = await member("李四", (COMMUNITY, Role.CLERK), (COMMUNITY, Role.REVIEWER))
    _, over = await member("王五", (DISTRICT, Role.SUPERVISOR))
    made = await api.ask("POST", ABSENCES, days(0, 3, staff_id=ill, deputy_id=deputy), token=over)
    assert made.body["deputy_gone"] is False

    await leaving.end_post(deputy, (COMMUNITY, Role.CLERK), by=audit.OPERATOR, now=clock.now())
    await leaving.disable(deputy, by=audit.OPERATOR, now=clock.now())

    listed = await api.ask("GET", ABSENCES, token=over)
    assert [each["deputy_gone"] for each in listed.body["items"]] == [True]
    told = await Message.filter(kind__startswith="absence.deputy_gone").order_by("id")
    assert [(line.kind, line.staff_id, line.unit_id) for line in told] == [  # type: ignore[attr-defined]
        ("absence.deputy_gone", ill, None),
        ("absence.deputy_gone_below", None, DISTRICT),
    ]


@pytest.mark.parametrize("reason", ["", " ", "\u3000"])
async def test_a_blank_reason_releases_nothing(api: Served, reason: str) -> None:
    clerk, mine = await member("张三")
    task = await Task.get(case_id=(await a_case()).id)
    await tasks.claim(task.id, by=await actor(clerk))

    path = f"/api/v1/staff/tasks/{task.id}/release"
    assert (await api.ask("POST", path, {"reason": reason}, token=mine)).status == 422
    assert (await api.ask("POST", path, {}, token=mine)).status == 200
