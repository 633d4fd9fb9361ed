"""A database that another release has migrated is left alone, whoever is to work on it."""

import subprocess
from pathlib import Path

import pytest

from config import database, migration
from config.errors import StartError
from tests.launcher.launch import environment, run_yikou
from tests.stage import Kind, database_url, scratch_database

NEWER = (
    "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('models', '9999_later', now())"
)
OLDER = "DELETE FROM tortoise_migrations"
# What it applied: the second name could be of any release, had the first not been before it.
DEVELOPMENT = (
    "DELETE FROM tortoise_migrations; INSERT INTO tortoise_migrations (app, name, applied_at)"
    " VALUES ('models', '0001_initial', now()), ('models', '0002_rules', now())"
)
WORKING = (
    ["web"],
    ["worker"],
    ["staff", "list"],
    ["load"],
    ["load", "--dry-run"],
    ["audit"],
)


async def changed(url: str, statement: str) -> None:
    connection = await database.single(url)
    await connection.execute(statement)
    await connection.close()


def sentence(ended: subprocess.CompletedProcess[str]) -> str:
    assert ended.returncode == 1, ended.stdout
    (line,) = ended.stderr.splitlines()
    assert line.startswith("yikou: ")
    return line


async def test_what_a_newer_release_has_migrated_is_refused_by_all(tmp_path: Path) -> None:
    async with scratch_database("newer", like=Kind.EMPTY) as url:
        await changed(url, NEWER)
        environ = environment(tmp_path, database_url=url)
        for command in (*WORKING, ["backup", str(tmp_path / "backup")]):
            assert "9999_later" in sentence(run_yikou(command, environ))
        assert run_yikou(["verify"], environ).returncode == 0


async def test_a_database_from_before_the_first_release_must_be_made_anew(tmp_path: Path) -> None:
    async with scratch_database("developed", like=Kind.EMPTY) as url:
        await changed(url, f"DROP TABLE task; {DEVELOPMENT}")
        environ = environment(tmp_path, database_url=url)
        for command in (["run"], ["migrate"], *WORKING, ["backup", str(tmp_path / "backup")]):
            told = sentence(run_yikou(command, environ))
            assert "开发版本" in told
            assert "begin with an empty one" in told
        # Nothing that is missing was made.
        await changed(url, "CREATE TABLE task ()")
        assert run_yikou(["verify"], environ).returncode == 0


async def test_what_an_older_release_has_migrated_waits_for_migrate(tmp_path: Path) -> None:
    async with scratch_database("older", like=Kind.EMPTY) as url:
        await changed(url, OLDER)
        environ = environment(tmp_path, database_url=url)
        for command in WORKING:
            assert "'yikou migrate'" in sentence(run_yikou(command, environ))
        # A backup is taken before the upgrade, and the access log may be read at any time.
        await migration.check(url, older=True)
        assert run_yikou(["verify"], environ).returncode == 0


async def test_a_database_without_tables_is_an_older_one() -> None:
    async with scratch_database("bare") as url:
        with pytest.raises(StartError, match="'yikou migrate'"):
            await migration.check(url)


async def test_commands_that_read_any_release_say_that_there_are_no_tables(tmp_path: Path) -> None:
    async with scratch_database("unmade") as url:
        environ = environment(tmp_path, database_url=url)
        for command in (["verify"], ["backup", str(tmp_path / "backup")]):
            assert "no tables yet" in sentence(run_yikou(command, environ))


async def test_the_application_need_not_be_the_owner() -> None:
    async with scratch_database("apart", like=Kind.EMPTY) as url:
        own = database_url(url.rpartition("/")[2].partition("?")[0])
        assert own != url
        await migration.check(own)
        await changed(url, "REVOKE ALL ON tortoise_migrations FROM yikou_app")
        with pytest.raises(StartError, match="'yikou migrate'"):
            await migration.check(own)
