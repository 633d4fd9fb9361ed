"""The restore drill: fill, back up, go on, lose the disk, restore to a moment."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise

from backend.audit import OPERATOR, Act, chain, record
from backend.audit.chain import Head
from backend.backups import copies, heads, restoring
from backend.backups.folder import Base, Folder
from backend.backups.following import follow
from backend.backups.taking import take
from backend.catalogue import queries as catalogue
from backend.catalogue.loading import load as catalogue_files
from backend.consistency import audit
from backend.files import operations as files
from backend.files import store
from backend.files.owners import Owner
from backend.organisation import load as organisation_files
from backend.organisation import queries as organisation
from config import clock, database, migration
from config.embedded import postgres
from config.embedded.processes import stop
from config.embedded.roster import Roster
from config.embedded.servers import start
from config.errors import StartError
from config.settings import settings
from models import Case, Message, StoredFile
from tests import stage
from tests.backend.consistency import scene
from tests.backend.files.pictures import PDF
from tests.backend.identity.factories import ID_NUMBER
from tests.cities import of_one_street
from tests.clusters import a_server
from tests.stage import Databases


@pytest.fixture
async def own(databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    """A server of the test's own in YIKOU_VAR_DIR, with a small city and the pool on it."""
    await databases.close()
    place = settings().var_dir
    shutil.rmtree(place / "files", ignore_errors=True)
    await _start(a_server(place))
    url = postgres.owner_url(place)
    await migration.migrate(url, applied=lambda _: None)
    await _open(url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YIKOU_DATA_DIR", str(of_one_street(tmp_path / "city", department="MZ")))
        settings.cache_clear()
        await organisation_files.load(now=clock.now())
        await catalogue_files.load(now=clock.now())
    settings.cache_clear()
    await _know()
    yield url
    await database.disconnect()
    _stop(place)
    shutil.rmtree(place / "postgres")


SERVERS: dict[Path, tuple[postgres.Postgres, "subprocess.Popen[bytes]"]] = {}


async def _start(server: postgres.Postgres) -> None:
    place = server.var_dir
    SERVERS[place] = server, await asyncio.to_thread(start, server, Roster(place))


def _stop(place: Path) -> None:
    server, process = SERVERS.pop(place)
    stop(process, server.program())


async def _open(url: str) -> None:
    await Tortoise.init(config=database.tortoise(url, pool=4), _enable_global_fallback=True)


async def _know() -> None:
    await organisation.load()
    await catalogue.load()


async def _until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await true():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.05)


async def _ask(sql: str, *parameters: Any) -> Any:
    rows = await database.connection().execute_query_dict(f"SELECT {sql} AS found", [*parameters])
    return rows[0]["found"]


async def _refused_while_damaged(folder: Folder, base: Base, place: Path) -> None:
    """A cut copy of a file is told before anything is put in place."""
    key, cut = min(copies.found(base.named() or (), folder.files).items())
    content, said = cut.read_bytes(), list[str]()
    cut.write_bytes(content[:-1])
    with pytest.raises(StartError, match="1 files are damaged"):
        await restoring.restore(folder, place, to=None, say=said.append, durable=False)
    assert [key in line for line in said] == [True]
    assert os.listdir(place) == ["owner.lock"]  # noqa: PTH208 - in an async test
    cut.write_bytes(content)


@pytest.fixture
def folder() -> Iterator[Folder]:
    """Where all may enter, but not what is in it: not PostgreSQL either, as another user."""
    place = stage.RUN_DIR / f"backup_{stage.WORKER}"
    yield Folder(place)
    shutil.rmtree(place)


async def test_a_lost_disk_comes_back_as_of_a_moment(own: str, folder: Folder) -> None:
    place = settings().var_dir
    await scene.play()
    await record(Act.OPEN_CASE, by=OPERATOR, on=("case", (await Case.all())[0].id))
    base = await take(own, folder)
    assert [str(head) for head in await heads.noted(own, folder)] == [base.manifest.head]
    assert base.named() == {file.key for file in await StoredFile.all()}
    copy = place.with_name(f"{place.name}_copy")
    await _refused_while_damaged(folder, base, copy)
    # A base backup alone is whole, though nobody followed and no later change shows its moment.
    ended = base.manifest.ended_at
    await restoring.restore(folder, copy, to=ended, say=print, durable=False)
    shutil.rmtree(copy)
    following = asyncio.ensure_future(follow(own, folder))
    resident = await scene.known("王秀英", ID_NUMBER)
    kept = await files.upload(
        Owner("resident", resident.id), name="kept.pdf", content=PDF, now=clock.now()
    )
    cases, messages = await Case.all().count(), await Message.all().count()
    moment: datetime = await _ask("clock_timestamp()")
    lost = await files.upload(
        Owner("resident", resident.id), name="lost.pdf", content=PDF, now=clock.now()
    )
    end = await _ask("pg_current_wal_lsn()::text")

    async def received() -> bool:
        written = "(SELECT write_lsn >= $1::text::pg_lsn FROM pg_stat_replication)"
        copied = lost.key in copies.found([lost.key], folder.files)
        return bool(await _ask(written, end)) and copied

    await _until(received)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await database.disconnect()
    _stop(place)
    shutil.rmtree(place / "postgres")
    shutil.rmtree(place / "files")

    said: list[str] = []
    await restoring.restore(folder, place, to=moment, say=said.append, durable=False)

    await _start(postgres.Postgres(place, durable=False))
    await _open(own)
    assert audit.broken(await audit.run(own, audit.checks(everything=True))) == []
    assert (await Case.all().count(), await Message.all().count()) == (cases, messages)
    assert await StoredFile.filter(id=kept.id).exists()
    assert await store.get(kept.key)
    assert not await StoredFile.filter(id=lost.id).exists()
    assert not (place / "files" / lost.key).exists()
    noted = Head.read(base.manifest.head or "")
    assert (await chain.check_at(own, noted=[noted])).fault is None
    # Backups of after the moment would rightly be missed.
    assert await heads.noted(own, folder) == []
    assert " Database and files are restored; their last change is of " in said[-1]
