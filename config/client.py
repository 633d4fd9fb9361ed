"""Tortoise's client for PostgreSQL, mended where it waits without end or keeps what is broken."""

import asyncio
import contextlib
from functools import cached_property
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
from tortoise.exceptions import DBConnectionError, TransactionManagementError

# For a connection that is free, or a new one.
ACQUIRE_SECONDS = 3.0
# To undo a transaction; after it the server is left to see that we are gone.
UNDO_SECONDS = 1.0

Ended = type[BaseException] | None


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg's gap
    """One that is given up together with a statement that took too long or was cancelled.

    asyncpg asks the server to cancel the statement and waits until it has, however long that is.
    """

    __slots__ = ("_given_up",)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._given_up = False

    def is_closed(self) -> bool:
        """Whether it is of no use any more."""
        return self._given_up or super().is_closed()

    def _cancel_current_command(self, _sent: object, _cancelled: object = None) -> None:
        self._given_up = True
        # Not at once: our caller, the protocol, still holds what this takes away.
        self._loop.call_soon(self._leave)

    def _leave(self) -> None:
        if not super().is_closed():
            self.terminate()


class _Borrowed(PoolConnectionWrapper["asyncpg.Connection[asyncpg.Record]"]):
    """A connection of the pool for one statement."""

    __slots__ = ()

    async def __aenter__(self) -> "asyncpg.Connection[asyncpg.Record]":
        await self.ensure_connection()
        self.connection = await _taken(self.client._pool)  # noqa: SLF001 - Tortoise has no name for it
        return self.connection

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: object, exc_tb: object
    ) -> None:
        await _given_back(self.client._pool, self.connection)  # noqa: SLF001 - as above


class _Transaction(TransactionContextPooled):
    """When it cannot begin or end, as on a connection that has just died, all is as before.

    Tortoise 1.1.9 keeps a transaction that could not begin for whatever the task does later, and
    its connection: a worker whose PostgreSQL was killed at that moment never claimed again. And
    it waits for a rollback that nobody answers, whose error then hides the first one.
    """

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        wrapper = cast("_Wrapper", self.client)
        wrapper._connection = await _taken(wrapper._parent._pool)  # noqa: SLF001 - as above
        self.token = get_connections().set(self.connection_name, wrapper)
        try:
            await wrapper.begin()
        except BaseException:
            # Nobody knows whether it has begun.
            _drop(wrapper._connection)  # noqa: SLF001
            await self._give_back()
            raise
        return wrapper

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: object, exc_tb: object
    ) -> None:
        try:
            await _end(self.client, exc_type)
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        get_connections().reset(self.token)
        wrapper = cast("_Wrapper", self.client)
        await _given_back(wrapper._parent._pool, wrapper._connection)  # noqa: SLF001


class _Savepoint(NestedTransactionContext):
    """One inside another, undone as far as there is still somebody to ask."""

    __slots__ = ()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: object, exc_tb: object
    ) -> None:
        await _end(self.client, exc_type)


class _Wrapper(TransactionWrapper):
    """An open transaction."""

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

    async def close(self) -> None:
        """Close all connections."""
        if "aside" in vars(self):
            await self.aside.close()
        await super().close()

    def acquire_connection(self) -> Any:
        """A connection for one statement; DBConnectionError if none is free in time."""
        return _Borrowed(self, self._pool_init_lock)

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(_Wrapper(self), self._pool_init_lock)


async def _taken(pool: Any) -> "asyncpg.Connection[asyncpg.Record]":
    try:
        # Not asyncpg's own bound, which costs a task each time.
        async with asyncio.timeout(ACQUIRE_SECONDS):
            return cast("asyncpg.Connection[asyncpg.Record]", await pool.acquire())
    except TimeoutError as error:
        raise DBConnectionError("no connection in time") from error


async def _end(client: TransactionalDBClient, exc_type: Ended) -> None:
    wrapper = cast("_Wrapper", client)
    if wrapper._finalized:  # noqa: SLF001
        return
    if exc_type is None:
        await wrapper.commit()
    elif exc_type is not TransactionManagementError and not _lost(wrapper._connection):  # noqa: SLF001
        await _undo(wrapper)


async def _undo(wrapper: _Wrapper) -> None:
    try:
        async with asyncio.timeout(UNDO_SECONDS):
            await wrapper.rollback()
    # The error that ended the transaction is the one to tell; without us the server undoes it.
    except Exception:  # noqa: BLE001
        _drop(wrapper._connection)  # noqa: SLF001


async def _given_back(pool: Any, connection: Any) -> None:
    """Let others have it.

    Not by the pool's own way, which makes a task each time, lest a cancellation meets the reset of
    the connection: there is nothing to reset, and else a cancelled one is dropped by its holder.
    """
    if _lost(connection):
        _drop(connection)
    elif pool:
        connection._con._on_release()  # noqa: SLF001 - as pool.release
        await connection._holder.release(None)  # noqa: SLF001


def _lost(connection: Any) -> bool:
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True  # the pool has taken it back already


def _drop(connection: Any) -> None:
    """Let the pool have its place back."""
    with contextlib.suppress(asyncpg.InterfaceError):
        connection.terminate()


# The name that Tortoise looks for in an engine.
client_class = Client
