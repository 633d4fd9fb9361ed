"""Events are read once each and in order, though their transactions end in any order."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Protocol
from uuid import UUID, uuid4

import pytest

from backend.live import events
from backend.live.events import Kind, Reader
from config import clock
from models import StaffEvent
from tests import stage
from tests.people import until

HERE, THERE = "210102001001", "210103005001"
# As a trigger writes it: the number is drawn now, the row is there when the transaction ends.
WRITE = "INSERT INTO staff_event (kind, unit_id, staff_id) VALUES ('task', $1, $2) RETURNING seq"


@pytest.fixture
async def slow(database: None) -> AsyncIterator[Any]:
    """A connection whose transactions end when the test says so."""
    async with stage.owner() as slow:
        yield slow


class Happening(Protocol):
    """An event that is there at once; its number."""

    async def __call__(self, unit: str | None = HERE, staff_id: UUID | None = None) -> int: ...


@pytest.fixture
async def happened(database: None) -> AsyncIterator[Happening]:
    """Only triggers write events, and whoever owns the table."""
    async with stage.owner() as quick:

        async def write(unit: str | None = HERE, staff_id: UUID | None = None) -> int:
            return int(await quick.fetchval(WRITE, unit, staff_id))

        yield write


async def numbers(reader: Reader) -> list[int]:
    return [event.seq for event in await reader.read()]


async def settled(reader: Reader) -> bool:
    """Whether nothing is missing, and nothing came of it.

    Transactions in other databases of the server, of other tests, are waited for as well.
    """
    assert await numbers(reader) == []
    return not reader.missing


async def test_each_event_is_read_once_with_all_that_it_names(
    happened: Happening, slow: Any
) -> None:
    reader, staff_id, case_id = await events.begin(), uuid4(), uuid4()
    first = await happened()
    await slow.execute(
        "INSERT INTO staff_event (kind, unit_id, role, staff_id, by_staff_id, case_id, message_id)"
        " VALUES ('message', $1, 'clerk', $2, $3, $3, $2)",
        *(THERE, staff_id, case_id),
    )

    task, message = await reader.read()

    assert task == (first, Kind.TASK, HERE, *[None] * 6)
    assert message == (
        *(first + 1, Kind.MESSAGE, THERE, "clerk", str(staff_id), str(case_id), str(case_id)),
        *(None, str(staff_id)),
    )
    assert await reader.read() == []
    assert reader.settled == reader.newest == first + 1


async def test_what_happened_before_is_not_read(happened: Happening, slow: Any) -> None:
    before = [await happened() for _ in range(3)]
    async with slow.transaction():
        under_way = await slow.fetchval(WRITE, HERE, None)
        before.append(await happened())
        reader = await events.begin()
        assert (reader.newest, reader.settled) == (before[-1], under_way - 1)
        assert await numbers(reader) == []

    # Begun before, but nobody could have read it then.
    assert await numbers(reader) == [under_way]
    assert reader.settled == before[-1]


async def test_what_ends_late_is_read_then_and_nothing_is_settled_beyond_it(
    happened: Happening, slow: Any
) -> None:
    reader = await events.begin()
    async with slow.transaction():
        late = await slow.fetchval(WRITE, HERE, None)
        soon = [await happened(), await happened()]
        assert await numbers(reader) == soon
        assert reader.settled == late - 1
        assert await numbers(reader) == []

    more = await happened()
    assert await numbers(reader) == [late, more]
    assert reader.settled == more
    assert reader.missing == {}


async def test_a_number_whose_transaction_was_given_up_is_waited_for_no_longer(
    happened: Happening, slow: Any
) -> None:
    reader = await events.begin()
    transaction = slow.transaction()
    await transaction.start()
    late = await slow.fetchval(WRITE, HERE, None)
    soon = await happened()
    assert await numbers(reader) == [soon]
    assert list(reader.missing) == [late]

    await transaction.rollback()

    await until(partial(settled, reader))
    assert reader.settled == soon


async def test_two_that_end_late_are_settled_one_after_the_other(
    happened: Happening, slow: Any
) -> None:
    reader = await events.begin()
    async with stage.owner() as other, other.transaction():
        first = await other.fetchval(WRITE, HERE, None)
        async with slow.transaction():
            second = await slow.fetchval(WRITE, HERE, None)
            last = await happened()
            assert await numbers(reader) == [last]
            assert sorted(reader.missing) == [first, second]
        assert await numbers(reader) == [second]
        assert reader.settled == first - 1
    assert await numbers(reader) == [first]
    assert reader.settled == last


async def test_many_are_read_in_parts(happened: Happening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "AT_ONCE", 2)
    reader = await events.begin()
    made = [await happened() for _ in range(5)]

    assert [await numbers(reader) for _ in range(4)] == [made[:2], made[2:4], made[4:], []]
    # And who begins looks past all that there was, however many.
    later = await events.begin()
    assert (later.newest, await numbers(later)) == (made[-1], [])


async def test_a_reader_looks_no_further_back_than_it_must(
    happened: Happening, slow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LOOK_BACK", 3)
    reader = await events.begin()
    async with slow.transaction():
        late = await slow.fetchval(WRITE, HERE, None)
        made = [await happened() for _ in range(6)]
        await StaffEvent.filter(seq__lt=made[-1]).delete()

        assert await numbers(reader) == made[-1:]
        assert sorted(reader.missing) == made[2:5]
    await until(partial(settled, reader))
    assert late < reader.settled == made[-1]


async def test_what_was_missed_is_of_these_units_or_to_this_person_and_after_the_last_had(
    happened: Happening,
) -> None:
    me = uuid4()
    had = await happened()
    mine = [await happened(), await happened(None, me), await happened(THERE, me)]
    await happened(THERE)
    await happened(None, uuid4())

    async def missed(after: int, *units: str, most: int = 10) -> list[int] | None:
        found = await events.missed(after, list(units), me, most=most)
        return None if found is None else [event.seq for event in found]

    assert await missed(had, HERE) == mine
    assert await missed(mine[0], HERE) == mine[1:]
    assert await missed(had) == mine[1:]
    assert await missed(had, HERE, most=3) == mine
    assert await missed(had, HERE, most=2) is None


async def test_what_is_not_kept_or_was_never_given_is_not_known(
    happened: Happening,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "KEPT", 3)
    made = [await happened() for _ in range(5)]
    last = made[-1]

    found = {
        after: await events.missed(after, [HERE], uuid4(), most=9)
        for after in (last - 4, last - 3, last, last + 1)
    }

    assert found[last - 4] is found[last + 1] is None
    assert [event.seq for event in found[last - 3] or ()] == made[-3:]
    assert found[last] == []


async def test_the_newest_are_kept_and_the_rest_is_forgotten(
    happened: Happening,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "KEPT", 3)
    assert await events.forget(now=clock.now()) == 0
    made = [await happened() for _ in range(5)]

    assert await events.forget(now=clock.now()) == 2
    assert [event.seq for event in await StaffEvent.all().order_by("seq")] == made[2:]
    assert await events.forget(now=clock.now()) == 0


async def test_in_a_new_city_a_reader_begins_before_the_first_event(happened: Happening) -> None:
    await StaffEvent.all().delete()
    drawn = await happened()
    await StaffEvent.all().delete()
    reader = await events.begin()
    assert reader.newest == reader.settled == drawn

    assert await events.missed(drawn, [HERE], uuid4(), most=1) == []
    assert await numbers(reader) == []
    first = await happened()
    assert await numbers(reader) == [first]
