"""What a statement or transaction that breaks off leaves behind."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.exceptions import DBConnectionError, TransactionManagementError
from tortoise.transactions import in_transaction

from config import database, pool
from config.database import connection
from config.outages import is_outage
from config.patience import UPKEEP, Patience
from tests.line import Line, pool_on_a_line
from tests.people import until
from tests.stage import WORKER, Databases, Kind, owner_url

# The old client waited for a server that does not answer; ours has long given up by then.
BOUND_SECONDS = 20.0
SHORT = Patience(connect=3, statement=0.3, lock=0.2, idle=5)


async def begin_and_die(self: TransactionWrapper) -> None:
    """BEGIN on a connection whose server process ends meanwhile."""
    await self._connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.usefixtures("database")
async def test_a_transaction_that_cannot_begin_is_forgotten_with_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = connection()
    with monkeypatch.context() as dying:
        dying.setattr(TransactionWrapper, "begin", begin_and_die)
        # More often than the pool has connections: none may stay taken.
        for _ in range(20):
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
                async with in_transaction():
                    pass

    assert connection() is before
    async with in_transaction() as within:
        assert (await within.execute_query_dict("SELECT 1 AS one"))[0]["one"] == 1
    assert connection() is before


@pytest.fixture
async def line(databases: Databases) -> AsyncIterator[Line]:
    async with pool_on_a_line(databases, Kind.EMPTY, patience=SHORT, pool=2) as line:
        yield line


async def one() -> int:
    return int((await connection().execute_query_dict("SELECT 1 AS one"))[0]["one"])


async def running(statement: str) -> int:
    """How many sessions of the server are at it."""
    look = await database.single(owner_url("postgres"))
    try:
        sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = $1"
        return int(await look.fetchval(sql, statement))
    finally:
        await look.close()


async def test_a_statement_that_nobody_answers_ends_in_time_and_takes_its_connection_along(
    line: Line,
) -> None:
    await asyncio.gather(one(), one())
    line.talking.clear()
    async with asyncio.timeout(BOUND_SECONDS):
        # More than the pool has connections: each gives its own up, and no other is to be had.
        errors = await asyncio.gather(*[one() for _ in range(6)], return_exceptions=True)
    assert all(isinstance(error, Exception) and is_outage(error) for error in errors)

    line.talking.set()
    assert await asyncio.gather(*[one() for _ in range(6)]) == [1] * 6


async def test_the_error_that_ended_a_transaction_is_told_though_nobody_answers_its_rollback(
    line: Line,
) -> None:
    async def refused() -> None:
        async with in_transaction(), in_transaction() as within:
            await within.execute_query("SELECT 1")
            line.talking.clear()
            raise LookupError

    async with asyncio.timeout(BOUND_SECONDS):
        with pytest.raises(LookupError):
            await refused()
    line.talking.set()
    assert await one() == 1


async def test_a_transaction_that_is_cut_off_leaves_nothing_behind(line: Line) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with in_transaction(), in_transaction() as within:
            await within.execute_query("INSERT INTO job (name, ended_at) VALUES ('mine', now())")
            line.talking.clear()
            begun.set()
            await within.execute_query("SELECT * FROM job")

    for _ in range(4):  # more often than the pool has connections
        task = asyncio.get_running_loop().create_task(work())
        await begun.wait()
        task.cancel()
        async with asyncio.timeout(BOUND_SECONDS):
            with pytest.raises(asyncio.CancelledError):
                await task
        begun.clear()
        line.talking.set()
        rows = await connection().execute_query_dict("SELECT name FROM job")
        assert rows == []


async def test_a_task_that_outlives_its_transaction_has_lost_the_connection(line: Line) -> None:
    over = asyncio.Event()

    async def late() -> None:
        await over.wait()
        await one()

    async with in_transaction():
        # It runs in the context of the transaction.
        tasks = [asyncio.get_running_loop().create_task(late()) for _ in range(2)]
    over.set()
    async with asyncio.timeout(BOUND_SECONDS):
        for task in tasks:
            with pytest.raises(TransactionManagementError):
                await task
    assert await one() == 1


async def test_the_server_ends_a_statement_that_nobody_waits_for(
    databases: Databases,
) -> None:
    statement = "SELECT pg_sleep(3600)"
    async with pool_on_a_line(databases, Kind.EMPTY, patience=UPKEEP):
        task = asyncio.get_running_loop().create_task(connection().execute_query(statement))
        await until(lambda: running(statement))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        async def ended() -> bool:
            return not await running(statement)

        await until(ended)


async def test_a_lock_is_waited_for_no_longer_than_agreed(line: Line) -> None:
    holder = await database.single(owner_url(f"{Kind.EMPTY}_{WORKER}"))
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE delivery")
            async with asyncio.timeout(BOUND_SECONDS):
                with pytest.raises(asyncpg.LockNotAvailableError):
                    await connection().execute_query("SELECT count(*) FROM delivery")
    finally:
        await holder.close()


async def test_who_finds_no_connection_free_is_told_so(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "ACQUIRE_SECONDS", 0.2)
    assert await one() == 1
    lender: Any = connection()._pool  # noqa: SLF001 - as Tortoise keeps it
    held = [await lender.acquire() for _ in range(2)]
    async with asyncio.timeout(BOUND_SECONDS):
        for _ in range(4):
            with pytest.raises(DBConnectionError):
                await one()
            with pytest.raises(DBConnectionError):
                async with in_transaction():
                    pass
    for each in held:
        lender.release(each)
    assert await one() == 1
