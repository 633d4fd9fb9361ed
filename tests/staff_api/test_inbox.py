"""In whose inbox a message for staff is, what reading it changes, and how long it stays."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from backend.identity import posts, sessions, staff
from backend.messages import operations, queries, statements
from backend.messages.refusals import MessageNotFound
from backend.staff_api import messages
from config import clock, database
from models import Audience, MessageRead, Role
from models import Message as Row
from notifications.telling import messages as telling
from notifications.telling import outbox
from notifications.telling.recipients import Recipient, Staff, UnitRole
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, NOW, a_case, an_actor, untold
from tests.backend.cases.test_submit import submit
from tests.serving import Served, served
from tests.staff_api.test_messages import a_clerk, told
from tests.waiting import held_up

pytestmark = pytest.mark.usefixtures("city")
INBOX = "/api/v1/staff/messages"
RIVALS = 8
CLERKS = UnitRole(COMMUNITY, Role.CLERK)


@pytest.fixture
async def api() -> AsyncIterator[Served]:
    async with served([messages.routes]) as api:
        yield api


async def tell(to: Recipient = CLERKS, *, at: datetime = NOW, number: str = "1") -> UUID:
    """A message about some case, of which the id is given."""
    case = await untold(await a_case())
    await outbox.enqueue(
        telling.staff_message(
            "pass", to=to, case_id=case.id, number=number, item_name="低保", at=at, due=None
        )
    )
    return (await Row.filter(case_id=case.id).get()).id


async def logged_in(name: str, *, unit: str = COMMUNITY) -> str:
    """The token of a clerk."""
    person = await staff.create(name, posts=[(unit, Role.CLERK)], now=NOW)
    return (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token


async def lines(api: Served, token: str) -> list[dict[str, str]]:
    items: list[dict[str, str]] = (await api.ask("GET", INBOX, token=token)).body["items"]
    return items


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
