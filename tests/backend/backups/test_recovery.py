"""What a restore does with a log that is whole, broken, or shorter than the moment asked for."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from backend.backups import restoring
from backend.backups.folder import Base, Folder
from backend.backups.following import follow
from backend.backups.taking import take
from config import database
from config.embedded import postgres
from config.embedded.processes import stop
from config.embedded.roster import Roster
from config.embedded.servers import start
from config.errors import StartError
from tests.clusters import a_server
from tests.people import until

# As far as backups look at the database; what they restore is the log's matter.
TABLES = (
    "CREATE TABLE stored_file (key text, size bigint, created_at timestamptz)",
    "CREATE TABLE access_log_head (seq bigint, hash bytea)",
    "CREATE TABLE change (number int)",
)


@dataclass
class Server:
    """A running one with the connection of its owner."""

    place: Path
    connection: "asyncpg.Connection[asyncpg.Record]"

    @property
    def url(self) -> str:
        return postgres.owner_url(self.place)

    async def change(self, number: int) -> datetime:
        """Commit a change, and say when it was over."""
        await self.connection.execute("INSERT INTO change VALUES ($1)", number)
        moment: datetime = await self.connection.fetchval("SELECT clock_timestamp()")
        return moment

    async def changes(self) -> list[int]:
        rows = await self.connection.fetch("SELECT number FROM change ORDER BY number")
        return [row["number"] for row in rows]

    async def next_segment(self) -> str:
        """End the segment that is being written, and say its name."""
        name: str = await self.connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
        return name

    async def received(self) -> None:
        """Wait until the log has come so far."""
        end = await self.connection.fetchval("SELECT pg_current_wal_flush_lsn()::text")
        asked = "SELECT write_lsn >= $1::text::pg_lsn FROM pg_stat_replication"
        async with asyncio.timeout(60):
            while not await self.connection.fetchval(asked, end):  # noqa: ASYNC110 - not ours
                await asyncio.sleep(0.05)


class Running:
    """`async with`: this server."""

    def __init__(self, server: postgres.Postgres) -> None:
        self.server = server

    async def __aenter__(self) -> Server:
        place = self.server.var_dir
        self.process = await asyncio.to_thread(start, self.server, Roster(place))
        return Server(place, await database.single(postgres.owner_url(place)))

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(stop, self.process, self.server.program())


@dataclass
class Kept:
    """A backup with the log of three changes behind it: two whole segments and a begun one.

    The server that it is of goes on.
    """

    source: Server
    folder: Folder
    base: Base
    after_first: datetime
    segments: list[str]

    def copy(self, to: Path) -> Folder:
        """One to break; its files may be replaced, not written in."""
        shutil.copytree(self.folder.path, to, copy_function=os.link)
        return Folder(to)

    def part(self, folder: Folder, segment: str) -> Path:
        return folder.wal(self.base.manifest.system, 1) / segment


@pytest.fixture(scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kept]:
    top = tmp_path_factory.mktemp("log")
    folder = Folder(top / "backup")
    async with Running(a_server(top / "source")) as server:
        for table in TABLES:
            await server.connection.execute(table)
        base = await take(server.url, folder)
        following = asyncio.ensure_future(follow(server.url, folder))
        after_first = await server.change(1)
        segments = [await server.next_segment()]
        await server.change(2)
        segments.append(await server.next_segment())
        await server.change(3)
        await server.received()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        yield Kept(server, folder, base, after_first, segments)
        await server.connection.close()
    shutil.rmtree(top)


async def restored(folder: Folder, place: Path, to: datetime | None) -> str:
    said: list[str] = []
    await restoring.restore(folder, place, to=to, say=said.append, durable=False)
    return said[-1]


async def test_the_latest_is_refused_behind_a_damaged_segment(kept: Kept, tmp_path: Path) -> None:
    folder, place = kept.copy(tmp_path / "backup"), tmp_path / "restored"
    first = kept.part(folder, kept.segments[0])
    content = first.read_bytes()
    first.unlink()
    first.write_bytes(bytes(len(content)))

    with pytest.raises(StartError, match=f"Segment {first.name} of the log is damaged"):
        await restored(folder, place, None)
    assert not (place / "postgres").exists()


async def test_a_part_of_the_log_that_cannot_be_read_ends_it(kept: Kept, tmp_path: Path) -> None:
    folder, place = kept.copy(tmp_path / "backup"), tmp_path / "restored"
    second = kept.part(folder, kept.segments[1])
    second.unlink()
    second.mkdir()

    with pytest.raises(StartError, match=f"{second.name} of the log cannot be read"):
        await restored(folder, place, None)
    assert not (place / "postgres").exists()


async def test_a_moment_behind_the_log_is_refused_with_the_nearest_that_is_not(
    kept: Kept, tmp_path: Path
) -> None:
    moment = kept.after_first + timedelta(days=1)

    with pytest.raises(StartError, match=r"the nearest are: --to latest\.$"):
        await restored(kept.folder, tmp_path / "restored", moment)


async def test_what_the_receiver_of_the_log_says_is_told_line_by_line(
    kept: Kept, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    server = kept.source
    with capture_logs() as logs:
        both = [asyncio.ensure_future(follow(server.url, Folder(tmp_path / "one")))]
        await server.received()
        # The one slot is taken.
        both.append(asyncio.ensure_future(follow(server.url, Folder(tmp_path / "other"))))

        async def refused() -> bool:
            return any("is active for" in str(line.get("told")) for line in logs)

        await until(refused)
        for each in both:
            each.cancel()
        await asyncio.gather(*both, return_exceptions=True)

    told = [line for line in logs if "told" in line]
    assert {(line["event"], line["log_level"]) for line in told} == {("wal_archive", "warning")}
    assert all(line["told"] and "\n" not in line["told"] for line in told)
    assert "pg_receivewal" not in "".join(capfd.readouterr())


async def test_a_restored_database_goes_on_beside_the_log_it_left(
    kept: Kept, tmp_path: Path
) -> None:
    folder, place = kept.copy(tmp_path / "backup"), tmp_path / "restored"

    said = await restored(folder, place, kept.after_first)
    async with Running(postgres.Postgres(place, durable=False)) as server:
        assert await server.changes() == [1]
        base = await take(server.url, folder)
        following = asyncio.ensure_future(follow(server.url, folder))
        await server.change(4)
        ended = await server.next_segment()
        await server.received()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await server.connection.close()
    log = folder.wal(base.manifest.system, 2)
    # As the receiver begins one.
    begun = log / f"{int(ended, 16) + 1:024X}.partial"
    begun.write_bytes(bytes((log / ended).stat().st_size))
    again = tmp_path / "again"
    await restored(folder, again, None)

    async with Running(postgres.Postgres(again, durable=False)) as server:
        assert await server.changes() == [1, 4]
        await server.connection.close()
    last = datetime.fromisoformat(said.rpartition(" ")[2].rstrip("."))
    assert last <= kept.after_first
