"""Tortoise's client for PostgreSQL, mended where a transaction cannot begin."""

from typing import cast

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections


class _Transaction(TransactionContextPooled):
    """When BEGIN fails, as on a connection that has just died, everything is as before.

    Tortoise 1.1.9 keeps the dead transaction for whatever the task does later, and its connection:
    a worker whose PostgreSQL was killed at that moment never claimed a delivery again.
    """

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        try:
            return await super().__aenter__()
        except BaseException:
            if hasattr(self, "token"):
                get_connections().reset(self.token)
                wrapper = cast("TransactionWrapper", self.client)
                # Nobody knows whether it has begun.
                wrapper._connection.terminate()  # noqa: SLF001 - Tortoise has no name for it
                if pool := wrapper._parent._pool:  # noqa: SLF001
                    await pool.release(wrapper._connection)  # noqa: SLF001
            raise


class Client(AsyncpgDBClient):
    """The pool."""

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(TransactionWrapper(self), self._pool_init_lock)


# The name that Tortoise looks for in an engine.
client_class = Client
