"""Migrations under watch: what people would have to wait for, by the locks and scans themselves.

PostgreSQL counts for each transaction which tables it has scanned, and knows which it has locked:
so it does not matter how a statement is written, or by which operation.
"""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.migration import Migration
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State
from tortoise.transactions import in_transaction

from config.executor import Executor

# A city has some thousands of rows of these at most, all others grow with its people's affairs.
SMALL = {
    "access_log_head",
    "data_load",
    "department",
    "item_version",
    "job",
    "office",
    "office_closure",
    "opening_hours",
    "org_unit",
    "post",
    "service_item",
    "staff",
    "staff_invite",
    "tortoise_migrations",
}
_FOUND = """
SELECT c.relname AS name, s.seq_scan > 0 AS scanned, s.n_tup_upd + s.n_tup_del > 0 AS changed,
       coalesce(bool_or(l.mode = ANY($1::text[])), false) AS locked
FROM pg_stat_xact_user_tables s JOIN pg_class c ON c.oid = s.relid
LEFT JOIN pg_locks l ON l.relation = c.oid AND l.pid = pg_backend_pid() AND l.granted
WHERE c.relname = ANY($2::text[])
GROUP BY 1, 2, 3 ORDER BY 1
"""
# Whoever writes waits for these; for the last one also whoever reads.
_STRONG = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
_TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
)


FORGET = "SELECT pg_stat_force_next_flush()"
"""To be run by itself before a transaction: what is counted by then is counted no more."""

Ask = Callable[[str, list[Any]], Awaitable[list[Any]]]


async def faults(ask: Ask, large: list[str], *, alone: bool) -> list[str]:
    """What the open transaction does to large tables that it should not.

    `alone` it is one statement of a migration in parts.
    """
    found = []
    for row in await ask(_FOUND, [list(_STRONG), large]):
        table = row["name"]
        if row["locked"] and row["scanned"]:
            found.append(f"{table} is scanned under a lock that others wait for")
        elif row["locked"] and alone:
            found.append(f"{table} is locked for others by a migration that waits long for locks")
        if row["changed"] and not alone:
            found.append(f"rows of {table} are changed in one transaction with everything else")
    return found


async def large_tables(ask: Ask) -> list[str]:
    """The tables that there are and that grow."""
    rows = await ask(_TABLES, [])
    return sorted({row["relname"] for row in rows} - SMALL)


class Watched(Executor):
    """Applies migrations as operators do, and keeps what it finds in `found` by their names."""

    def __init__(self, connection: Any, apps: dict[str, dict[str, Any]]) -> None:
        super().__init__(connection, apps)
        self.found: dict[str, list[str]] = {}
        self._large: list[str] = []
        self._name = ""

    async def _apply(self, migration: Migration, state: State) -> State:
        self._name = migration.name
        # Its own tables are empty while it fills them.
        self._large = await large_tables(self.connection.execute_query_dict)
        if not migration.atomic:
            return await super()._apply(migration, state)
        await self.connection.execute_query(FORGET)
        async with in_transaction("default") as within:
            applied = await super()._apply(migration, state)
            await self.look(within, alone=False)
        return applied

    async def look(self, within: Any, *, alone: bool) -> None:
        """Keep what the transaction does wrong."""
        if seen := await faults(within.execute_query_dict, self._large, alone=alone):
            self.found.setdefault(self._name, []).extend(seen)

    def _schema_editor(self, atomic: bool = True, collect_sql: bool = False) -> BaseSchemaEditor:  # noqa: FBT001, FBT002 - Tortoise's own
        editor = super()._schema_editor(atomic, collect_sql)
        if not atomic:
            editor.client = cast("BaseDBAsyncClient", _Statements(self.connection, self))
        return editor


class _Statements:
    """Stands for the client of a migration in parts: each statement is looked at by itself."""

    def __init__(self, client: Any, watched: Watched) -> None:
        self._client = client
        self._watched = watched

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def execute_script(self, sql: str) -> None:
        """Run it; what can run in a transaction is looked at in one."""
        if "CONCURRENTLY" in sql.upper():
            await self._client.execute_script(sql)
            return
        await self._client.execute_query(FORGET)
        async with in_transaction("default") as within:
            await within.execute_script(sql)
            await self._watched.look(within, alone=True)

    async def execute_query(self, sql: str, values: list[Any] | None = None) -> Any:
        """The same for one with parameters."""
        await self._client.execute_query(FORGET)
        async with in_transaction("default") as within:
            found = await within.execute_query(sql, values)
            await self._watched.look(within, alone=True)
        return found
