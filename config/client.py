"""Tortoise's client for PostgreSQL, mended where it waits without end or keeps what is broken."""

import asyncio
from functools import cached_property, partial
from typing import Any, cast

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    NestedTransactionContext,
    PoolConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from config.connection import UNDO_SECONDS, Connection
from config.pool import Pool

Ended = type[BaseException] | None


class _Borrowed(PoolConnectionWrapper[Connection]):
    """A connection of the pool for one statement."""

    __slots__ = ("_lender",)

    async def __aenter__(self) -> Connection:
        await self.ensure_connection()
        self._lender = _pool(self.client)
        self.connection = found = await self._lender.acquire()
        return found

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: object, exc_tb: object
    ) -> None:
        self._lender.release(cast("Connection", self.connection))


class _Transaction(TransactionContextPooled):
    """When it cannot begin or end, as on a connection that has just died, all is as before.

    Tortoise 1.1.9 keeps a transaction that could not begin for whatever the task does later, and
    its connection: a worker whose PostgreSQL was killed at that moment never claimed again. And
    it waits for a rollback that nobody answers, whose error then hides the first one.
    """

    __slots__ = ("_lender",)

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        wrapper = cast("_Wrapper", self.client)
        self._lender = _pool(wrapper._parent)  # noqa: SLF001 - Tortoise has no name for it
        wrapper._connection = await self._lender.acquire()  # noqa: SLF001 - likewise
        self.token = get_connections().set(self.connection_name, wrapper)
        try:
            await wrapper.begin()
        except BaseException:
            # Nobody knows whether it has begun.
            try:
                await wrapper._connection.undo()  # noqa: SLF001
            finally:
                self._give_back()
            raise
        return wrapper

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: object, exc_tb: object
    ) -> None:
        try:
            await _end(self.client, exc_type)
        finally:
            self._give_back()

    def _give_back(self) -> None:
        wrapper = cast("_Wrapper", self.client)
        get_connections().reset(self.token)
        self._lender.release(wrapper._connection)  # noqa: SLF001
        wrapper._connection = None  # noqa: SLF001


class _Savepoint(NestedTransactionContext):
    """One inside another, undone as far as there is still somebody to ask."""

    __slots__ = ()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: object, exc_tb: object
    ) -> None:
        await _end(self.client, exc_type)


class _Wrapper(TransactionWrapper):
    """A transaction, open until its connection has been given back."""

    def acquire_connection(self) -> Any:
        """Its connection; TransactionManagementError in a task that has outlived it.

        By then the connection may be in the middle of somebody else's transaction.
        """
        if self._connection is None:
            raise TransactionManagementError("the transaction is over")
        return super().acquire_connection()

    def _in_transaction(self) -> TransactionContext:
        return _Savepoint(_Wrapper(self))


class Client(AsyncpgDBClient):
    """The pool."""

    connection_class = Connection

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._given = given

    @cached_property
    def aside(self) -> "Client":
        """One connection more, opened when it is used, for what must not wait for the pool."""
        return Client(**self._given | {"minsize": 0, "maxsize": 1})

    async def create_pool(self, **given: Any) -> Pool:
        """The pool with its least connections open; what opening one raises."""
        least, most = given.pop("min_size"), given.pop("max_size")
        pool = Pool(partial(asyncpg.connect, **given), least=least, most=most)
        await pool.begin()
        return pool

    async def close(self) -> None:
        """Close all connections."""
        if "aside" in vars(self):
            await self.aside.close()
        await super().close()

    async def execute_query_dict(
        self, query: str, values: list[Any] | None = None
    ) -> list[dict[str, Any]]:
        """The rows as dicts; Tortoise's own goes through twice as many calls for it."""
        rows: Any = await self._translate_exceptions(_rows, query, *values or ())
        return cast("list[dict[str, Any]]", rows)

    def acquire_connection(self) -> Any:
        """A connection for one statement; DBConnectionError if none is free in time."""
        return _Borrowed(self, self._pool_init_lock)

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(_Wrapper(self), self._pool_init_lock)


async def _rows(client: Client, query: str, *values: object) -> list[dict[str, Any]]:
    if client._pool is None:  # noqa: SLF001 - Tortoise has no name for it
        await client.acquire_connection().ensure_connection()
    # Not as `_Borrowed`, whose calls cost a quarter of what a row by its id does.
    lender = _pool(client)
    connection = lender.free() or await lender.acquire()
    try:
        return [dict(row) for row in await connection.fetch(query, *values)]
    finally:
        lender.release(connection)


def _pool(client: Any) -> Pool:
    return cast("Pool", client._pool)  # noqa: SLF001 - as above


async def _end(client: TransactionalDBClient, exc_type: Ended) -> None:
    wrapper = cast("_Wrapper", client)
    if wrapper._finalized:  # noqa: SLF001
        return
    if exc_type is None:
        await wrapper.commit()
    elif exc_type is not TransactionManagementError and not wrapper._connection.is_closed():  # noqa: SLF001
        await _undo(wrapper)


async def _undo(wrapper: _Wrapper) -> None:
    try:
        async with asyncio.timeout(UNDO_SECONDS):
            await wrapper.rollback()
    # The error that ended the transaction is the one to tell; without us the server undoes it.
    except Exception:  # noqa: BLE001
        wrapper._connection.terminate()  # noqa: SLF001


# The name that Tortoise looks for in an engine.
client_class = Client
