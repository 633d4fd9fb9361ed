"""What staff hear while they listen: what is theirs, resumed after a break, and nothing else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientResponse, ClientSession
from tortoise.transactions import in_transaction

from backend.cases.reading.to_do import tasks
from backend.identity import sessions, staff
from backend.live import events, hub, listeners
from backend.staff_api import events as routes
from config import clock
from models import Audience, Role, StaffEvent, Task
from notifications.telling import outbox
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, NOW, a_case
from tests.backend.cases.factories import staff as somebody
from tests.serving import Served, served

pytestmark = pytest.mark.usefixtures("city")
EVENTS = "/api/v1/staff/events"
PATIENCE = 20.0


@pytest.fixture
async def api(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setattr(hub, "_hub", hub._Hub())  # noqa: SLF001 - that of another process
    async with served([routes.routes]) as api:
        following = asyncio.ensure_future(hub.follow())
        yield api
        hub.end_all()
        following.cancel()


async def member(*posts: tuple[str, Role]) -> tuple[UUID, str]:
    person = await staff.create("李四", posts=posts or [(COMMUNITY, Role.CLERK)], now=NOW)
    return person, (await sessions.start(Audience.STAFF, person, now=clock.now())).access_token


class Stream:
    """A stream as a client reads it: blocks of fields, of which those with data are events."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response
        self.last_id = ""

    async def block(self) -> dict[str, str]:
        found: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            while line := (await self.response.content.readline()).decode().rstrip("\n"):
                name, _, value = line.partition(":")
                if name:
                    found[name] = value.removeprefix(" ")
        self.last_id = found.get("id", self.last_id)
        return found

    async def next(self) -> dict[str, str]:
        while "event" not in (found := await self.block()):
            if self.response.content.at_eof():
                return {}
        return found


@contextlib.asynccontextmanager
async def listening(url: str, token: str, *, after: str = "") -> AsyncIterator[Stream]:
    headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": after} if after else {})
    async with ClientSession() as http, http.get(url + EVENTS, headers=headers) as response:
        assert response.status == 200, await response.read()
        assert response.content_type == "text/event-stream"
        stream = Stream(response)
        while "id" not in await stream.block():
            pass
        yield stream


async def changed(unit: str = COMMUNITY) -> UUID:
    """A task of this unit changes; its id."""
    case = await a_case()
    task = await Task.get(case_id=case.id)
    if unit != COMMUNITY:
        await Task.filter(id=task.id).update(unit_id=unit)
    outbox.wake()
    return task.id


async def test_each_hears_of_their_own_units_and_of_no_other(api: Served) -> None:
    (_, mine), (_, theirs) = await member(), await member((ELSEWHERE, Role.CLERK))
    async with listening(api.url, mine) as one, listening(api.url, theirs) as other:
        task = await changed()

        kinds: set[str] = set()
        while kinds != {"task", "message"}:
            heard = await one.next()
            kinds.add(heard["event"])
            assert "李" not in heard["data"]
        elsewhere = await changed(ELSEWHERE)
        heard = await other.next()
        assert (heard["event"], str(elsewhere) in heard["data"]) == ("task", True)
        assert str(task) not in heard["data"]


async def test_who_comes_again_hears_what_they_missed_once_and_in_order(api: Served) -> None:
    person, token = await member()
    async with listening(api.url, token) as stream:
        first = await changed()
        while str(first) not in (await stream.next())["data"]:
            pass
        while (await stream.block()).keys() != {"id"}:
            pass
        last = stream.last_id
    missed = [await changed() for _ in range(2)]
    other, _ = await member((ELSEWHERE, Role.CLERK))

    async with listening(api.url, token, after=last) as stream:
        found = [await stream.next() for _ in range(4)]
        last = stream.last_id
    told = [heard["data"] for heard in found if heard["event"] == "task"]
    assert [str(task) in text for task, text in zip(missed, told, strict=True)] == [True, True]
    assert {heard["event"] for heard in found} == {"task", "message"}
    assert person != other
    async with listening(api.url, token, after="999999999") as stream:
        assert (await stream.next())["event"] == "look_again"


async def test_what_is_committed_late_is_heard_though_its_number_is_less(api: Served) -> None:
    (_, token), clerk = await member(), await somebody((COMMUNITY, Role.CLERK))
    slow, quick = [(await Task.get(case_id=(await a_case()).id)).id for _ in range(2)]
    async with listening(api.url, token) as stream:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def takes_long() -> None:
            async with in_transaction():
                await tasks.claim(slow, by=clerk)
                begun.set()
                await go_on.wait()
            outbox.wake()

        late = asyncio.ensure_future(takes_long())
        await begun.wait()
        await tasks.claim(quick, by=clerk)
        assert str(quick) in (await stream.next())["data"]
        before = stream.last_id
        go_on.set()
        await late
        assert str(slow) in (await stream.next())["data"]

    async with listening(api.url, token, after=before) as stream:
        again = [(await stream.next())["data"] for _ in range(2)]
    assert [str(task) in text for task, text in zip((slow, quick), again, strict=True)] == [
        True,
        True,
    ]


async def test_numbers_of_transactions_that_were_undone_are_not_waited_for() -> None:
    reader = await events.begin()
    case = await a_case()
    with contextlib.suppress(ZeroDivisionError):
        async with in_transaction():
            await Task.filter(case_id=case.id).update(due_at=NOW)
            raise ZeroDivisionError
    await Task.filter(case_id=case.id).update(due_at=None)

    # Until whatever else was under way in the server is over.
    async with asyncio.timeout(PATIENCE):
        while await reader.read() or reader.missing:  # noqa: ASYNC110 - other processes do it
            await asyncio.sleep(0.05)

    assert reader.settled == max([row.seq async for row in StaffEvent.all()])


async def test_a_stream_ends_with_the_session_and_with_the_process(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "CHECK_SECONDS", 0.0)
    (person, token), (_, stays) = await member(), await member()
    async with listening(api.url, token) as ended, listening(api.url, stays) as stream:
        await sessions.end_all(Audience.STAFF, person, reason="logout")
        assert await ended.next() == {}
        await changed()
        assert (await stream.next())["event"] in {"task", "message"}
        hub.end_all()
        while await stream.next():
            pass
        refused = await api.ask("GET", EVENTS, token=stays)
        assert (refused.status, refused.code) == (503, "listening_ends")


async def test_each_has_so_many_streams_and_says_from_where_in_a_number(api: Served) -> None:
    _, token = await member()
    async with contextlib.AsyncExitStack() as undo:
        for _ in range(listeners.EACH):
            await undo.enter_async_context(listening(api.url, token))
        refused = await api.ask("GET", EVENTS, token=token)
        assert (refused.status, refused.code) == (429, "listens_too_often")
        bad: dict[str, Any] = {"Last-Event-ID": "1; DROP TABLE task"}
        refused = await api.ask("GET", EVENTS, token=token, **bad)
        assert (refused.status, refused.code) == (400, "last_event_unknown")
    async with listening(api.url, token):
        pass
