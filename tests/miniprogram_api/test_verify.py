"""What an operator reads of the access log, and the exit status."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backend import audit
from backend.audit import Act, chain
from backend.backups import statements
from backend.backups.folder import Folder
from config.settings import settings
from miniprogram_api.process.command import app
from models import uuid7
from tests import stage
from tests.backend.backups.test_folder import MANIFEST
from tests.stage import Kind

HIDDEN = (
    "SET session_replication_role = replica",
    "DELETE FROM access_log WHERE seq > 1",
    "UPDATE access_log_head SET (seq, hash) = (SELECT seq, hash FROM access_log)",
)


@pytest.fixture(autouse=True)
def as_owner(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of an operator of the tests' empty database."""
    name = f"{Kind.EMPTY}_{stage.WORKER}"
    monkeypatch.setenv("YIKOU_DATABASE_URL", stage.database_url(name))
    monkeypatch.setenv("YIKOU_DATABASE_OWNER_URL", stage.owner_url(name))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def verify(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["verify", *arguments])


async def forge(*statements: str) -> None:
    async with stage.owner() as owner:
        for statement in statements:
            await owner.execute(statement)


@pytest.fixture
async def head(database: None) -> chain.Head:
    """Of a log of three rows."""
    for _ in range(3):
        await audit.record(Act.OPEN_CASE, by=audit.OPERATOR, on=("case", uuid7()))
    async with stage.owner() as owner:
        found = await chain.newest(owner)
    assert found
    return found


@pytest.fixture
async def backups(head: chain.Head, tmp_path: Path) -> Folder:
    """A backup with that head, of this server."""
    async with stage.owner() as owner:
        line = await owner.fetchrow(statements.LINE)
    segment = f"{line['timeline']:08X}" + "0" * 16
    folder, base = Folder(tmp_path), tmp_path / "base" / "20260301"
    base.mkdir(parents=True)
    made = replace(MANIFEST, system=line["system"], first_segment=segment, head=str(head))
    folder.write(base, made)
    return folder


async def test_a_sound_log_ends_with_0_and_tells_its_head(head: chain.Head) -> None:
    told = await verify()

    assert (told.exit_code, str(head) in told.stdout) == (0, True)
    assert "Heads noted elsewhere: 0." in told.stdout


@pytest.mark.parametrize("rows", ["", " WHERE seq > 1"], ids=["emptied", "its end cut"])
async def test_an_emptied_or_cut_log_ends_with_1(head: chain.Head, rows: str) -> None:
    await forge(HIDDEN[0], f"DELETE FROM access_log{rows}")

    told = await verify()

    assert (told.exit_code, "are missing" in told.stderr) == (1, True)
    assert "tampered with" in told.output.splitlines()[0]
    for praise in ("sound", "完好", "链头"):
        assert praise not in told.output


async def test_a_backup_shows_what_the_database_does_not(
    head: chain.Head, backups: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = await verify("--backups", str(backups.path))
    await forge(*HIDDEN)

    assert (sound.exit_code, "Heads noted elsewhere: 1." in sound.stdout) == (0, True)
    assert (await verify()).exit_code == 0
    assert "rows 2 to 3 are missing" in (await verify("--backups", str(backups.path))).stderr
    monkeypatch.setenv("YIKOU_BACKUP_DIR", str(backups.path))
    settings.cache_clear()
    assert (await verify()).exit_code == 1


async def test_a_restored_database_is_not_compared_with_what_came_after_its_moment(
    backups: Folder,
) -> None:
    base = backups.bases()[0]
    for other in ({"system": "7"}, {"first_segment": "000000FF" + "0" * 16}):
        backups.write(base.path, replace(base.manifest, **other))  # type: ignore[arg-type]

        told = await verify("--backups", str(backups.path))

        assert "Heads noted elsewhere: 0." in told.stdout
