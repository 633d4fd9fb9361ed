"""URLs of PostgreSQL, and migrations by several processes at once."""

import asyncio

import pytest

from config import database, migration
from config.errors import StartError
from config.patience import Patience
from config.settings import SettingsError
from tests.stage import Kind, owner_url, scratch_database


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
    async with scratch_database("holding") as url:
        other = await database.single(url)
        async with other.transaction():
            # The name is taken, or not, when this transaction has ended.
            await other.execute("CREATE TABLE department ()")
            with pytest.raises(StartError, match="another process changes or holds them"):
                await migration.migrate(url)
        await other.close()


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
