"""Who may listen, what comes first on a stream, and how all streams end."""

import asyncio
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest

from backend.identity.actors import StaffActor
from backend.identity.tokens import Claims
from backend.live import events, hub, listeners
from backend.live.listeners import EACH, Listener
from backend.live.refusals import ListeningEnds, ListensTooOften
from models import Audience, Role
from tests import stage
from tests.backend.live.streams import Kept, somebody

pytestmark = pytest.mark.usefixtures("database")
HERE, THERE = "210102001001", "210103005001"
WRITE = "INSERT INTO staff_event (kind, unit_id, task_id) VALUES ('task', $1, $2) RETURNING seq"


@pytest.fixture
async def own(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The hub of another process, which reads from now on."""
    made = hub._Hub()  # noqa: SLF001 - that of another process
    monkeypatch.setattr(hub, "_hub", made)
    made.reader = await events.begin()
    made.ready.set()
    return made


async def happened(unit: str) -> tuple[int, str]:
    """The number of an event, and the task that it is about."""
    task = uuid4()
    async with stage.owner() as owner:
        return int(await owner.fetchval(WRITE, unit, task)), str(task)


def claims_of(by: StaffActor) -> Claims:
    return Claims(Audience.STAFF, by.id, by.session_id)


async def sent(by: StaffActor, after: int | None, stream: Kept | None = None) -> list[bytes]:
    """What a stream of theirs begins with, which ends at once."""
    kept = stream or Kept()
    await hub.listen(claims_of(by), by, after, kept)
    return kept.sent


async def test_who_has_too_many_streams_opens_no_other(own: Any) -> None:
    by, other = somebody((HERE, Role.CLERK)), somebody((HERE, Role.CLERK))
    for number in range(EACH):
        hub.check(by)
        listener = Listener(claims_of(by), Kept(), float(number))
        own.listeners.join(listener, by)
    with pytest.raises(ListensTooOften) as refused:
        hub.check(by)
    assert (refused.value.most, refused.value.retry_after) == (EACH, 60)
    hub.check(other)
    own.listeners.leave(listener)
    hub.check(by)


async def test_a_process_that_ends_ends_all_streams_and_begins_none(own: Any) -> None:
    by = somebody((HERE, Role.CLERK))
    streams = [Kept(), Kept()]
    for stream in streams:
        own.listeners.join(Listener(claims_of(by), stream, 0.0), by)

    hub.end_all()

    assert [stream.ended for stream in streams] == [True, True]
    with pytest.raises(ListeningEnds) as refused:
        hub.check(somebody())
    assert refused.value.retry_after == 1
    # Who was let in just before is sent nothing, and is not kept.
    assert await sent(by, None) == []
    assert own.listeners.of(by) == len(streams)


async def test_who_comes_first_is_told_where_the_stream_begins(own: Any) -> None:
    number, _ = await happened(HERE)
    await own.reader.read()
    by = somebody((HERE, Role.CLERK))

    (opening,) = await sent(by, None)

    assert opening.endswith(b"\n%b" % listeners.position(number))
    assert own.listeners.all == set()


async def test_who_comes_again_is_told_what_they_missed_and_goes_on_from_there(own: Any) -> None:
    had, _ = await happened(HERE)
    missed = [await happened(unit) for unit in (HERE, THERE, HERE)]
    await own.reader.read()
    by = somebody((HERE, Role.CLERK))

    opening, told = await sent(by, had)

    assert opening.endswith(listeners.position(had))
    said = told.decode()
    assert [task in said for _, task in missed] == [True, False, True]
    assert said.endswith(f"id: {missed[-1][0]}\n\n")
    # Nothing missed: the place is the one that they had.
    assert (await sent(by, missed[-1][0]))[1] == listeners.position(missed[-1][0])
    # Of units that they do not read they are told nothing, and are no further.
    elsewhere = somebody(("210102001002", Role.CLERK))
    assert (await sent(elsewhere, had))[1] == listeners.position(had)


async def test_who_missed_too_much_or_what_is_not_known_looks_at_everything(
    own: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    had, _ = await happened(HERE)
    last = [await happened(HERE) for _ in range(3)][-1][0]
    await own.reader.read()
    by = somebody((HERE, Role.CLERK))
    monkeypatch.setattr(hub, "MOST_MISSED", 3)
    assert listeners.look_again(last) not in await sent(by, had)
    monkeypatch.setattr(hub, "MOST_MISSED", 2)
    assert (await sent(by, had))[1] == listeners.look_again(last)
    assert (await sent(by, last + 1))[1] == listeners.look_again(last)


async def test_who_administers_only_hears_of_no_task(own: Any) -> None:
    had, _ = await happened(HERE)
    number, task = await happened(HERE)
    await own.reader.read()
    told = (await sent(somebody((HERE, Role.ADMIN)), had))[1]
    assert task.encode() not in told
    assert told == listeners.position(number)


async def test_what_happens_while_a_stream_begins_comes_after_what_was_missed(own: Any) -> None:
    by, stream = somebody((HERE, Role.CLERK)), Kept()
    own.ready.clear()
    listening = asyncio.ensure_future(hub.listen(claims_of(by), by, None, stream))
    await asyncio.sleep(0)
    (listener,) = own.listeners.all
    assert listener.check_at > monotonic()
    assert own.joined.is_set()
    assert listener.put(b"held")
    assert stream.sent == []

    own.ready.set()
    await listening

    assert stream.sent[1:] == [b"held"]
    assert stream.sent[0].startswith(b"retry: ")
    assert listener.held is None
