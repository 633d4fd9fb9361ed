"""URLs of PostgreSQL, and migrations by several processes at once."""

import asyncio

import pytest

from config import database, executor, migration
from config.errors import StartError
from config.patience import Patience
from config.settings import SettingsError
from models.migrations import RELEASES
from tests.stage import Kind, owner_url, scratch_database

# Ours holds the lock, one more has asked for it.
WAITING = (
    "SELECT count(*) > 1 FROM pg_stat_activity WHERE datname = current_database()"
    " AND query LIKE '%advisory_lock%' AND pid <> pg_backend_pid()"
)


def test_a_url_with_a_password_is_read_in_parts() -> None:
    assert database.credentials(
        "postgres://us%40er:p%2Fw@db.example:6432/city?sslmode=require"
    ) == {
        "host": "db.example",
        "port": 6432,
        "user": "us@er",
        "password": "p/w",
        "database": "city",
        "ssl": "require",
    }


def test_a_socket_folder_is_taken_for_the_host() -> None:
    parts = database.credentials("postgres://yikou@/city?host=%2Fvar%2Fsocket%20s")
    assert (parts["host"], parts["port"]) == ("/var/socket s", 5432)


@pytest.mark.parametrize("url", ["mysql://a@b/c", "postgres://host", "postgres://host:x/db", "db"])
def test_another_kind_of_url_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="YIKOU_DATABASE_URL"):
        database.credentials(url)


async def test_a_missing_database_is_told_in_one_sentence() -> None:
    with pytest.raises(StartError, match='database "nowhere" does not exist'):
        await database.single(owner_url("nowhere"))


async def test_an_old_server_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST", 99)

    with pytest.raises(StartError, match=r"is version \d+; 99 is the oldest\.$"):
        await migration.migrate(owner_url("postgres"))


async def test_three_who_migrate_at_once_apply_each_migration_once() -> None:
    async with scratch_database("migrated") as url:
        applied: list[str] = []
        await asyncio.gather(*(migration.migrate(url, applied=applied.append) for _ in range(3)))
        assert len(applied) == len(set(applied)) > 0


async def test_who_waits_too_long_for_another_who_migrates_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = Patience(connect=10, statement=60, lock=0.1, idle=60)
    monkeypatch.setattr(migration, "UPKEEP", given)
    async with scratch_database("held") as url:
        other = await database.single(url)
        await other.execute("SELECT pg_advisory_lock($1)", migration.LOCK)
        with pytest.raises(StartError, match="another process changes or holds them"):
            await migration.migrate(url)
        await other.close()


async def test_a_table_that_somebody_holds_is_not_waited_for_while_all_others_wait_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = Patience(connect=10, statement=60, lock=0.1, idle=60)
    monkeypatch.setattr(migration, "MIGRATION", given)
    monkeypatch.setattr(executor, "PAUSES_SECONDS", (0.01,))
    async with scratch_database("holding") as url:
        other = await database.single(url)
        async with other.transaction():
            # The name is taken, or not, when this transaction has ended.
            await other.execute("CREATE TABLE department ()")
            with pytest.raises(StartError, match="another process changes or holds them"):
                await migration.migrate(url)
        await other.close()


async def test_a_table_that_is_soon_free_again_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = Patience(connect=10, statement=60, lock=0.1, idle=60)
    monkeypatch.setattr(migration, "MIGRATION", given)
    freed, tries = asyncio.Event(), 0
    async with scratch_database("freed") as url:
        other = await database.single(url)
        transaction = other.transaction()
        await transaction.start()
        await other.execute("CREATE TABLE department ()")

        async def pause(_seconds: float) -> None:
            nonlocal tries
            tries += 1
            if tries == 2:
                await transaction.rollback()
                freed.set()

        monkeypatch.setattr("config.executor.asyncio.sleep", pause)
        applied: list[str] = []
        await migration.migrate(url, applied=applied.append)
        await other.close()

    assert freed.is_set()
    assert len(applied) == len(set(applied)) > 0


async def test_who_waits_to_migrate_keeps_no_index_from_being_made() -> None:
    """PostgreSQL makes one concurrently when all statements of before are over."""
    given = Patience(connect=10, statement=60, lock=5, idle=60)
    async with scratch_database("indexed", like=Kind.EMPTY) as url, asyncio.TaskGroup() as group:
        index = await database.single(url, patience=given)

        async with migration.alone(url):
            waiting = group.create_task(migration.migrate(url))
            async with asyncio.timeout(60):
                while not await index.fetchval(WAITING):  # noqa: ASYNC110 - in another process
                    await asyncio.sleep(0.01)
            await index.execute("CREATE INDEX CONCURRENTLY made ON person (created_at)")
            assert not waiting.done()
        await index.close()


async def test_a_migration_and_the_note_of_it_are_one_transaction() -> None:
    async with scratch_database("noted") as url:
        await migration.migrate(url, upto=RELEASES[0], applied=lambda _name: None)
        looking = await database.single(url)
        made = "SELECT xmin::text FROM pg_constraint WHERE conname = 'case_pkey'"
        noted = "SELECT xmin::text FROM tortoise_migrations"
        assert await looking.fetchval(made) == await looking.fetchval(noted)
        await looking.close()


async def test_a_database_of_another_release_is_left_alone() -> None:
    async with scratch_database("newer", like=Kind.EMPTY) as url:
        other = await database.single(url)
        await other.execute(
            "INSERT INTO tortoise_migrations (app, name, applied_at)"
            " VALUES ('models', '9999_later', now())"
        )
        await other.close()
        with pytest.raises(StartError, match=r"another release.*9999_later|9999_later"):
            await migration.migrate(url)
