"""Who borrows a connection to PostgreSQL, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError

from config import database, pool
from config.connection import Connection
from config.pool import Pool
from tests.people import until
from tests.stage import WORKER, Databases, Kind, owner_url

LEAST, MOST = 1, 3


@pytest.fixture
async def lender(databases: Databases) -> AsyncIterator[Pool]:
    await databases.use(Kind.EMPTY)
    parts = database.credentials(owner_url(f"{Kind.EMPTY}_{WORKER}"))
    opening = partial(asyncpg.connect, **parts, connection_class=Connection)
    lender = Pool(opening, least=LEAST, most=MOST)
    await lender.begin()
    yield lender
    lender.terminate()


async def session(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT pg_backend_pid()"))


async def test_rivals_never_share_a_connection_nor_have_more_than_the_most(lender: Pool) -> None:
    taken: set[int] = set()
    # The first ones wait for each other: how many come to it at once is a matter of time.
    full = asyncio.Event()

    async def borrow() -> None:
        connection = await lender.acquire()
        mine = await session(connection)
        assert mine not in taken
        taken.add(mine)
        assert len(taken) <= MOST
        if len(taken) == MOST:
            full.set()
        await full.wait()
        await connection.fetchval("SELECT 1")
        taken.remove(mine)
        lender.release(connection)

    async with asyncio.timeout(60):
        await asyncio.gather(*[borrow() for _ in range(40)])


async def test_who_has_waited_longest_is_served_first(lender: Pool) -> None:
    held = [await lender.acquire() for _ in range(MOST)]
    served: list[int] = []

    async def borrow(number: int) -> None:
        connection = await lender.acquire()
        served.append(number)
        lender.release(connection)

    async with asyncio.TaskGroup() as all_:
        for number in range(8):
            all_.create_task(borrow(number))
        await asyncio.sleep(0)
        lender.release(held[0])
    assert served == list(range(8))


async def test_one_that_was_given_to_who_has_just_gone_goes_to_the_next(lender: Pool) -> None:
    held = [await lender.acquire() for _ in range(MOST)]
    loop = asyncio.get_running_loop()
    gone, next_ = (loop.create_task(lender.acquire()) for _ in range(2))
    await asyncio.sleep(0)
    lender.release(held[0])
    gone.cancel()
    assert await next_ is held[0]
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_who_could_not_open_one_lets_the_next_try(
    lender: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [await lender.acquire() for _ in range(MOST)]
    tries = 0

    async def refused() -> Connection:
        nonlocal tries
        tries += 1
        raise OSError

    monkeypatch.setattr(lender, "_open", refused)
    waiting = asyncio.gather(*[lender.acquire() for _ in range(8)], return_exceptions=True)
    await asyncio.sleep(0)
    held[0].terminate()
    lender.release(held[0])
    assert [type(error) for error in await waiting] == [OSError] * 8
    assert tries == 8


async def test_one_that_is_still_opened_when_its_caller_goes_is_for_the_next(
    lender: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [await lender.acquire() for _ in range(LEAST)]
    opened: list[Connection] = []
    opening, may_open = lender._open, asyncio.Event()  # noqa: SLF001 - what opens one

    async def slowly() -> Connection:
        await may_open.wait()
        opened.append(await opening())
        return opened[-1]

    monkeypatch.setattr(lender, "_open", slowly)
    loop = asyncio.get_running_loop()
    for _ in range(4):
        gone = [loop.create_task(lender.acquire()) for _ in range(8)]
        await asyncio.sleep(0)
        for each in gone:
            each.cancel()
        await asyncio.wait(gone)
    may_open.set()
    next_ = [await lender.acquire() for _ in range(MOST - LEAST)]
    assert set(next_) == set(opened)
    assert len(next_) + len(held) == MOST


async def test_one_whose_server_process_has_ended_is_replaced(lender: Pool) -> None:
    connection = await lender.acquire()
    lender.release(connection)
    watcher = await database.single(owner_url("postgres"))
    try:
        await watcher.execute("SELECT pg_terminate_backend($1)", await session(connection))
    finally:
        await watcher.close()
    await until(lambda: closed(connection))
    found = [await lender.acquire() for _ in range(MOST)]
    assert connection not in found
    assert all([await session(each) for each in found])


async def closed(connection: Connection) -> bool:
    return bool(connection.is_closed())


async def test_one_in_the_middle_of_a_transaction_is_lent_to_nobody(lender: Pool) -> None:
    connection = await lender.acquire()
    await connection.execute("BEGIN")
    lender.release(connection)
    assert connection.is_closed()
    assert await lender.acquire() is not connection


async def test_who_finds_none_in_time_keeps_nothing(
    lender: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [await lender.acquire() for _ in range(MOST)]
    monkeypatch.setattr(pool, "ACQUIRE_SECONDS", 0.05)
    with pytest.raises(DBConnectionError):
        await lender.acquire()
    for each in held:
        lender.release(each)
    assert {await lender.acquire() for _ in range(MOST)} == set(held)


async def test_those_that_nobody_needs_are_closed_but_for_the_least(
    lender: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SPARE_SECONDS", 0.02)
    held = [await lender.acquire() for _ in range(MOST)]
    for each in held:
        lender.release(each)

    async def spare_closed() -> bool:
        return [each.is_closed() for each in held].count(True) == MOST - LEAST

    await until(spare_closed)
    assert await lender.acquire() is held[-1]


async def test_closing_waits_for_those_that_are_lent(lender: Pool) -> None:
    connection = await lender.acquire()
    closing = asyncio.get_running_loop().create_task(lender.close())
    assert await session(connection)
    assert not closing.done()
    lender.release(connection)
    await closing
    assert connection.is_closed()


async def test_what_postgresqls_own_arrays_are_is_asked_by_one_connection_only(
    lender: Pool,
) -> None:
    asked: list[str] = []
    for _ in range(2):
        asked.clear()
        connection = await lender.acquire()
        connection.add_query_logger(lambda record: asked.append(record.query))
        assert await connection.fetchval("SELECT $1::int8[]", [1]) == [1]

    assert asked == ["SELECT $1::int8[]"]
