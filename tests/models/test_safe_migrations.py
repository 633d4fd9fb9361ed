"""No migration keeps people waiting, and the release before goes on while it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.indexes import Index
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import Operation, RunSQL

from config import database
from config.patience import MIGRATION
from models.indexes import AddIndexConcurrently
from models.migrations import RELEASES
from tests.models import release
from tests.models.watching import FORGET, Ask, Watched, faults, large_tables
from tests.stage import scratch_database

BEFORE = RELEASES[-1]
# What the release before neither reads nor writes, and may go: `table` or `table.column`.
UNUSED: set[str] = set()
_COLUMNS = """
SELECT format('%s.%s', c.relname, a.attname) AS name,
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS demanded
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND a.attnum > 0 AND NOT a.attisdropped
"""


async def columns(ask: Ask) -> dict[str, bool]:
    """Each, and whether whoever inserts must name it."""
    return {row["name"]: row["demanded"] for row in await ask(_COLUMNS, [])}


def broken(before: dict[str, bool], after: dict[str, bool]) -> set[str]:
    """What the release before would miss or would not name."""
    tables = {_table(name) for name in before}
    gone = before.keys() - after.keys()
    new = {name for name in after.keys() - before.keys() if _table(name) in tables}
    found = gone | {name for name in new if after[name]}
    return {name for name in found if not {name, _table(name)} & UNUSED}


def _table(name: str) -> str:
    return name.partition(".")[0]


@asynccontextmanager
async def watching() -> AsyncIterator[Watched]:
    """At a filled database of the release before."""
    async with scratch_database("watched") as url:
        await release.fill(url, BEFORE)
        async with TortoiseContext():
            config = database.tortoise(url, pool=1, patience=MIGRATION)
            try:
                await Tortoise.init(config=config, init_connections=False)
                yield Watched(get_connection("default"), config["apps"])
            finally:
                await Tortoise.close_connections()


async def test_people_are_served_while_the_migrations_run() -> None:
    async with watching() as watched:
        ask = watched.connection.execute_query_dict
        before = await columns(ask)

        await watched.advance(applied=lambda _name: None)

        assert watched.found == {}
        assert broken(before, await columns(ask)) == set()


@pytest.fixture(scope="module")
async def filled() -> AsyncIterator[Any]:
    async with scratch_database("filled") as url:
        await release.fill(url, BEFORE)
        connection = await database.single(url)
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(
            'ALTER TABLE "case" ADD CONSTRAINT named CHECK (version > 0) NOT VALID'
        )
        yield connection
        await connection.close()


@asynccontextmanager
async def tried(connection: Any, sql: str) -> AsyncIterator[Ask]:
    """Run the statements and undo them; what may be asked meanwhile."""

    async def ask(wanted: str, values: list[Any]) -> list[Any]:
        return list(await connection.fetch(wanted, *values))

    await connection.execute(FORGET)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(sql)
        yield ask
    finally:
        await transaction.rollback()


LARGE = ["case", "case_event", "message"]
SCANNED = "case_event is scanned under a lock that others wait for"
LOCKED = "case_event is locked for others by a migration that waits long for locks"
CHANGED = "rows of message are changed in one transaction with everything else"


@pytest.mark.parametrize(
    ("said", "sql"),
    [
        (SCANNED, "CREATE INDEX made ON case_event (unit_id)"),
        (SCANNED, "CREATE UNIQUE INDEX made ON case_event (id, unit_id)"),
        (SCANNED, "ALTER TABLE case_event ADD CHECK (seq > 0)"),
        (SCANNED, "ALTER TABLE case_event ADD UNIQUE (id, seq)"),
        (SCANNED, 'ALTER TABLE case_event ADD FOREIGN KEY (case_id) REFERENCES "case"'),
        (SCANNED, "ALTER TABLE case_event ALTER actor_id SET NOT NULL"),
        (SCANNED, "ALTER TABLE case_event ALTER seq TYPE bigint"),
        (SCANNED, "ALTER TABLE case_event ADD made uuid DEFAULT uuidv7()"),
        (SCANNED, "ALTER TABLE case_event ADD made int GENERATED ALWAYS AS (seq + 1) STORED"),
        (
            "case is scanned under a lock that others wait for",
            'ALTER TABLE "case" ADD made int; ALTER TABLE "case" VALIDATE CONSTRAINT named',
        ),
        (CHANGED, "UPDATE message SET read_at = NULL"),
        (CHANGED, "DELETE FROM message WHERE read_at IS NULL"),
        (None, "ALTER TABLE case_event ADD made text NOT NULL DEFAULT 'x'"),
        (None, "ALTER TABLE case_event ADD CHECK (seq > 0) NOT VALID"),
        (None, "ALTER TABLE case_event ADD CONSTRAINT made NOT NULL actor_id NOT VALID"),
        (None, 'ALTER TABLE case_event ADD FOREIGN KEY (case_id) REFERENCES "case" NOT VALID'),
        (None, "ALTER TABLE case_event ALTER action TYPE text"),
        (None, "CREATE TABLE made (id int); CREATE INDEX ON made (id); UPDATE made SET id = 1"),
        (None, "CREATE INDEX made ON office (name); UPDATE office SET name = 'x'"),
    ],
)
async def test_what_makes_people_wait_is_noticed_and_nothing_else(
    filled: Any, said: str | None, sql: str
) -> None:
    async with tried(filled, sql) as ask:
        found = await faults(ask, LARGE, alone=False)

    assert said in found if said else found == []


@pytest.mark.parametrize(
    ("said", "sql"),
    [
        (LOCKED, "ALTER TABLE case_event ADD made int"),
        (SCANNED, "CREATE INDEX made ON case_event (unit_id)"),
        (None, "UPDATE message SET read_at = NULL"),
        (None, 'ALTER TABLE "case" VALIDATE CONSTRAINT named'),
    ],
)
async def test_a_statement_of_its_own_takes_no_lock_that_others_wait_for(
    filled: Any, said: str | None, sql: str
) -> None:
    async with tried(filled, sql) as ask:
        assert await faults(ask, LARGE, alone=True) == ([said] if said else [])


@pytest.mark.parametrize(
    ("missed", "sql"),
    [
        ("office.phone", "ALTER TABLE office DROP phone"),
        ("office.phone", "ALTER TABLE office RENAME phone TO telephone"),
        ("query_try.key", "DROP TABLE query_try"),
        ("query_try.made", "DELETE FROM query_try; ALTER TABLE query_try ADD made int NOT NULL"),
    ],
)
async def test_what_the_release_before_would_miss_is_noticed(
    filled: Any, missed: str, sql: str
) -> None:
    async with tried(filled, "SELECT 1") as ask:
        before = await columns(ask)
    async with tried(filled, sql) as ask:
        assert missed in broken(before, await columns(ask))


async def test_every_table_that_grows_is_watched(filled: Any) -> None:
    async with tried(filled, "SELECT 1") as ask:
        assert set(LARGE) <= set(await large_tables(ask))


def a_migration(*operations: Operation, atomic: bool) -> Migration:
    made = Migration("9999_made_up", "models")
    made.operations, made.atomic = list(operations), atomic
    return made


async def test_an_index_is_made_concurrently_and_again_where_it_was_not_finished() -> None:
    index = AddIndexConcurrently("CaseEvent", Index(fields=["unit_id", "seq"], name="made"))
    async with watching() as watched:
        client = watched.connection
        await watched.loader.build_graph()
        state = await watched._project_state(set(watched.loader.graph.nodes))  # noqa: SLF001
        await client.execute_script("CREATE INDEX made ON case_event (seq)")

        await watched._apply(a_migration(index, atomic=False), state.clone())  # noqa: SLF001

        (made,) = await client.execute_query_dict(
            "SELECT pg_get_indexdef(indexrelid) AS said, indisvalid FROM pg_index"
            " WHERE indexrelid = 'made'::regclass"
        )
        assert made["said"].endswith("(unit_id, seq)")
        assert made["indisvalid"]
        assert watched.found == {}
        late = a_migration(RunSQL("ALTER TABLE case_event ADD late int"), atomic=False)
        late.name = "9999_late"
        await watched._apply(late, state.clone())  # noqa: SLF001
        assert watched.found == {"9999_late": [LOCKED]}
