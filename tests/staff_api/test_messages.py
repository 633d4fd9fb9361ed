"""What staff are told of, in whose inbox it is, and how long."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from backend.cases.acts import accept, notice, review, supplement
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries as cases
from backend.cases.reading import scope
from backend.catalogue import queries as catalogue
from backend.identity import posts, sessions, staff
from backend.identity.actors import StaffActor
from backend.messages import operations, queries, statements
from backend.messages.queries import Message
from backend.messages.refusals import MessageNotFound
from backend.organisation import queries as organisation
from backend.staff_api import messages
from config import clock, database
from models import Audience, CaseStatus, ItemVersion, MessageRead, Role, VersionStatus
from models import Message as Row
from notifications.telling import messages as telling
from notifications.telling import outbox
from notifications.telling.recipients import Recipient, Staff, UnitRole
from tests.backend.cases.factories import (
    COMMUNITY,
    ELSEWHERE,
    ITEM,
    NOW,
    a_case,
    a_file,
    an_actor,
    an_item,
    untold,
)
from tests.backend.cases.factories import staff as somebody
from tests.backend.cases.test_submit import submit
from tests.serving import Served, served
from tests.waiting import held_up

pytestmark = pytest.mark.usefixtures("city")
INBOX = "/api/v1/staff/messages"
RIVALS = 8
COMPLAINT = "FW-CG-001"
CLERKS = UnitRole(COMMUNITY, Role.CLERK)
PAPERS = ("id_card", "household_register", "economic_check_authorisation")


@pytest.fixture
async def api() -> AsyncIterator[Served]:
    async with served([messages.routes]) as api:
        yield api


async def a_clerk(unit: str = COMMUNITY) -> StaffActor:
    return await somebody((unit, Role.CLERK))


async def at_step(step: int) -> StaffActor:
    """Who has the role of this step of the item, in its unit."""
    item = await catalogue.current(ITEM)
    route = item.route[step - 1]
    return await somebody(
        (organisation.step_unit(route, COMMUNITY, item.department_code).code, route.role)
    )


async def told(by: StaffActor, *, unread: bool = False) -> list[Message]:
    return await queries.list_of_staff(by, unread=unread, limit=100)


async def kinds(by: StaffActor) -> list[str]:
    return [each.kind for each in await told(by)]


async def tell(to: Recipient = CLERKS, *, at: datetime = NOW, number: str = "1") -> UUID:
    """A message about some case, of which the id is given."""
    case = await untold(await a_case())
    await outbox.enqueue(
        telling.staff_message(
            "pass", to=to, case_id=case.id, number=number, item_name="低保", at=at, due=None
        )
    )
    return (await Row.filter(case_id=case.id).get()).id


async def test_a_new_case_is_told_to_those_who_have_its_task_and_to_nobody_else() -> None:
    clerk, reviewer = await a_clerk(), await somebody((COMMUNITY, Role.REVIEWER))
    elsewhere = await a_clerk(ELSEWHERE)

    case = await cases.one(UUID((await submit(await an_actor())).decode()))

    (message,) = await told(clerk)
    assert (message.kind, message.case_id, message.read_at) == ("staff.submit", case.id, None)
    assert message.body == (
        f"“{case.item.name}”有新的办件，办件编号{case.number}，请及时核对。"
        "请在2026年3月16日前答复。"
    )
    assert await told(reviewer) == await told(elsewhere) == []


async def test_what_is_passed_on_or_returned_is_told_to_the_role_of_its_next_step() -> None:
    first, second = await at_step(1), await at_step(2)
    case = await untold(await a_case(CaseStatus.ACCEPTED))

    await review.pass_step(case.id, by=first, seen=case.version, now=NOW, opinion="同意")
    await review.return_step(
        case.id, by=second, seen=case.version + 1, now=NOW, to_step=1, reason="请核实"
    )

    assert await kinds(second) == ["staff.pass"]
    (message,) = await told(first)
    assert message.kind == "staff.return"
    assert "请核实" not in message.body
    assert "前办理。" in message.body


async def test_what_is_dispatched_where_it_came_in_is_told_to_the_role_of_that_step() -> None:
    *_, last = (await ItemVersion.get(item_id=COMPLAINT, status=VersionStatus.PUBLISHED)).route
    code = await an_item(COMPLAINT, route=[last | {"no": 1}])
    case = await untold(await a_case(item_code=code))
    clerk, colleague = [await a_clerk(case.holder_code) for _ in range(2)]
    approver = await somebody((case.holder_code, Role.APPROVER))

    await accept.dispatch(case.id, by=clerk, seen=1, now=NOW, to_step=None, note=None)

    assert await kinds(approver) == ["staff.dispatch"]
    assert await kinds(colleague) == []


async def test_an_acceptance_is_told_to_another_role_that_goes_on_and_to_no_clerk() -> None:
    *_, last = (await ItemVersion.get(item_id=ITEM, status=VersionStatus.PUBLISHED)).route
    for role, heard in ((Role.APPROVER, ["staff.accept"]), (Role.CLERK, [])):
        code = await an_item(ITEM, route=[last | {"no": 1, "role": role}])
        case = await untold(await a_case(item_code=code))
        clerk = await a_clerk(case.holder_code)
        colleague = await somebody((case.holder_code, role))

        await accept.accept(case.id, by=clerk, seen=1, now=NOW, note="内部")

        assert await kinds(colleague) == heard
        assert await kinds(clerk) == []
        assert [case.number in each.body for each in await told(colleague)] == [True] * len(heard)


@pytest.mark.parametrize(
    ("status", "step"), [(CaseStatus.SUBMITTED, 1), (CaseStatus.UNDER_REVIEW, 2)]
)
async def test_a_supplement_is_told_to_those_who_asked_for_it(
    status: CaseStatus, step: int
) -> None:
    by, asks, other = await an_actor(), await at_step(step), await at_step(3)
    case = await untold(await a_case(status, step=step, by=by))
    papers = [(code, await a_file(by)) for code in PAPERS]
    await notice.request_supplement(
        case.id,
        by=asks,
        seen=case.version,
        now=NOW,
        defects=[Defect(material_code=code, reason="请补交") for code in PAPERS],
        note=None,
        override_reason=None,
    )
    assert await kinds(asks) == []

    await supplement.supplement(case.id, by=by, now=NOW, form=None, materials=papers)

    assert await kinds(asks) == ["staff.supplement"]
    assert await kinds(other) == []


async def test_nobody_is_told_of_what_they_did_themselves() -> None:
    by = await all_of_the_way()
    colleague = await at_step(2)
    case = await untold(await a_case(CaseStatus.ACCEPTED))

    await review.pass_step(case.id, by=by, seen=case.version, now=NOW, opinion="同意")

    assert await kinds(colleague) == ["staff.pass"]
    assert await told(by) == []
    assert await queries.unread_of_staff(by) == 0
    with pytest.raises(MessageNotFound):
        await operations.read_by_staff((await told(colleague))[0].id, by=by, now=NOW)


async def test_each_reads_for_themselves_and_reading_again_changes_nothing(api: Served) -> None:
    reader, colleague = await logged_in("李四"), await logged_in("王五")
    first, second = await tell(at=clock.now()), await tell(at=clock.now())

    for _ in range(2):
        read = await api.ask("POST", f"{INBOX}/{first}/read", token=reader)
        assert read.status == 204

    inbox = (await api.ask("GET", INBOX, token=reader)).body
    unread = (await api.ask("GET", f"{INBOX}?unread=true", token=reader)).body
    theirs = (await api.ask("GET", INBOX, token=colleague)).body
    assert [(line["id"], bool(line["read_at"])) for line in inbox["items"]] == [
        (str(second), False),
        (str(first), True),
    ]
    assert ([line["id"] for line in unread["items"]], unread["unread"]) == ([str(second)], 1)
    assert (len(theirs["items"]), theirs["unread"]) == (2, 2)


async def test_a_message_that_is_not_theirs_is_not_found(api: Served) -> None:
    stranger, message = await logged_in("赵六", unit=ELSEWHERE), await tell(at=clock.now())

    for never in (message, uuid4()):
        heard = await api.ask("POST", f"{INBOX}/{never}/read", token=stranger)
        assert (heard.status, heard.code) == (404, "message_not_found")

    assert (await api.ask("GET", INBOX, token=stranger)).body["items"] == []
    assert await MessageRead.all().count() == 0


async def test_of_all_posts_the_newest_come_first_and_none_is_left_out_between_pages(
    api: Served,
) -> None:
    held = [(COMMUNITY, Role.CLERK), (COMMUNITY, Role.REVIEWER), (ELSEWHERE, Role.CLERK)]
    person = await staff.create("李四", posts=held, now=NOW)
    token = (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token
    places: list[Recipient] = [Staff(person), *(UnitRole(unit, role) for unit, role in held)]
    sent = [str(await tell(places[number % len(places)])) for number in range(9)]
    await tell(UnitRole(ELSEWHERE, Role.REVIEWER))

    shown, path = [], f"{INBOX}?limit=4"
    for _ in range(3):
        page = (await api.ask("GET", path, token=token)).body
        shown += [line["id"] for line in page["items"]]
        path = f"{INBOX}?limit=4&cursor={page['next_cursor']}"
        assert page["unread"] == len(sent)

    assert page["next_cursor"] is None
    assert shown == sent[::-1]


async def test_a_message_is_theirs_who_held_the_post_when_it_was_told_while_they_hold_it(
    api: Served,
) -> None:
    person = await staff.create("李四", posts=[(COMMUNITY, Role.CLERK)], now=NOW)
    token = (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token
    await tell(at=NOW - timedelta(seconds=1))
    later = await tell(at=NOW)
    assert [line["id"] for line in await lines(api, token)] == [str(later)]
    post = (COMMUNITY, Role.CLERK)

    await posts.end(person, post, by=(await a_clerk()).acting, now=clock.now())

    assert await lines(api, token) == []
    assert (await api.ask("POST", f"{INBOX}/{later}/read", token=token)).status == 404


async def test_of_rivals_who_read_the_same_message_each_has_read_it_once() -> None:
    message, clerk = await tell(), await a_clerk()

    await asyncio.gather(
        *(operations.read_by_staff(message, by=clerk, now=NOW) for _ in range(RIVALS))
    )

    assert await MessageRead.filter(message_id=message).count() == 1
    assert await queries.unread_of_staff(clerk) == 0


async def test_staffs_messages_are_forgotten_after_thirty_days_and_residents_stay() -> None:
    clerk, resident = await a_clerk(), await an_actor()
    old, young = await tell(at=NOW), await tell(at=NOW + timedelta(days=1))
    await operations.read_by_staff(old, by=clerk, now=NOW)
    case = UUID((await submit(resident)).decode())

    forgotten = await operations.forget(now=NOW + timedelta(days=30, seconds=1))

    assert forgotten == 2
    assert [each.id for each in await told(clerk)] == [young]
    assert await MessageRead.all().count() == 0
    assert [each.resident_id for each in await Row.filter(case_id=case)] == [resident.id]  # type: ignore[attr-defined]


async def test_reading_what_is_just_being_forgotten_is_too_late() -> None:
    message, clerk = await tell(), await a_clerk()

    elsewhere = await database.single(database.url())

    async with elsewhere.transaction():
        await elsewhere.execute(statements.FORGET_STAFFS, NOW + timedelta(days=31))
        reading = asyncio.ensure_future(operations.read_by_staff(message, by=clerk, now=NOW))
        await held_up(elsewhere)
    await elsewhere.close()

    with pytest.raises(MessageNotFound):
        await reading


async def all_of_the_way() -> StaffActor:
    """Somebody with every role in every unit of the item's way."""
    item = await catalogue.current(ITEM)
    units = {
        organisation.step_unit(step, COMMUNITY, item.department_code).code for step in item.route
    }
    return await somebody(*[(unit, role) for unit in units for role in scope.READERS])


async def logged_in(name: str, *, unit: str = COMMUNITY) -> str:
    """The token of a clerk."""
    person = await staff.create(name, posts=[(unit, Role.CLERK)], now=NOW)
    return (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token


async def lines(api: Served, token: str) -> list[dict[str, str]]:
    items: list[dict[str, str]] = (await api.ask("GET", INBOX, token=token)).body["items"]
    return items
