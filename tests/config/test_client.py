"""What a transaction that cannot begin leaves behind."""

import asyncpg
import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.transactions import in_transaction

from config.database import connection

pytestmark = pytest.mark.usefixtures("database")


async def begin_and_die(self: TransactionWrapper) -> None:
    """BEGIN on a connection whose server process ends meanwhile."""
    await self._connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")


async def test_a_transaction_that_cannot_begin_is_forgotten_with_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = connection()
    with monkeypatch.context() as dying:
        dying.setattr(TransactionWrapper, "begin", begin_and_die)
        # More often than the pool has connections: none may stay taken.
        for _ in range(20):
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
                async with in_transaction():
                    pass

    assert connection() is pool
    async with in_transaction() as within:
        assert (await within.execute_query_dict("SELECT 1 AS one"))[0]["one"] == 1
    assert connection() is pool
