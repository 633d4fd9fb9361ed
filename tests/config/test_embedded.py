"""The embedded servers start anywhere, keep their data, and come back after kill -9."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from config import database
from config.embedded import postgres, servers, sockets, valkey
from config.embedded.availability import available
from config.embedded.lock import VarDirInUse, owned
from config.embedded.processes import Program, force, identity, spawn
from config.embedded.roster import Roster
from config.errors import StartError
from config.settings import Settings
from tests.clusters import a_server


async def counted(var_dir: Path) -> int:
    connection = await database.single(postgres.owner_url(var_dir))
    await connection.execute("CREATE TABLE IF NOT EXISTS visit (id serial)")
    await connection.execute("INSERT INTO visit DEFAULT VALUES")
    count: int = await connection.fetchval("SELECT count(*) FROM visit")
    await connection.close()
    return count


def test_they_start_below_a_long_private_path_and_keep_their_data(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    var_dir = private / ("long-" * 30)
    settings = Settings(var_dir=var_dir, database_url="", redis_url="")
    with available(settings, make=True):
        assert asyncio.run(counted(var_dir)) == 1
        with available(settings):
            assert asyncio.run(counted(var_dir)) == 2
    with available(settings):
        assert asyncio.run(counted(var_dir)) == 3
    sockets.folder(var_dir).rmdir()


def test_a_killed_postgres_recovers_though_its_files_lie_about(tmp_path: Path) -> None:
    a_server(tmp_path)
    server, roster = postgres.Postgres(tmp_path), Roster(tmp_path)
    killed = servers.start(server, roster)
    assert asyncio.run(counted(tmp_path)) == 1
    killed.kill()
    killed.wait()
    # As after a reboot: the id in the file now belongs to another process of ours.
    pid_file = tmp_path / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n" + pid_file.read_text().partition("\n")[2])

    again = servers.start(server, roster)

    assert asyncio.run(counted(tmp_path)) == 2
    force(again, server.program())


def test_a_broken_redis_says_why_it_does_not_start(tmp_path: Path) -> None:
    server = valkey.Valkey(tmp_path)
    server.prepare()
    (tmp_path / "redis" / "appendonlydir").mkdir()
    manifest = tmp_path / "redis" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("nonsense\n")
    with pytest.raises(StartError, match="Redis does not start: "):
        servers.start(server, Roster(tmp_path))


def test_one_owner_at_a_time(tmp_path: Path) -> None:
    with owned(tmp_path), pytest.raises(VarDirInUse, match=str(os.getpid())), owned(tmp_path):
        pass
    with owned(tmp_path):
        pass


def test_processes_started_in_the_same_instant_are_told_apart(tmp_path: Path) -> None:
    sleep = Program(name="sleep", argv=("sleep", "60"))
    roster, children = Roster(tmp_path), [spawn(sleep) for _ in range(16)]
    for child in children:
        roster.enter(child.pid, sleep)

    Roster(tmp_path).end_leftovers()

    assert [child.wait(5) for child in children] == [-signal.SIGTERM] * 16


def test_leftovers_are_ended_by_their_proof_and_strangers_are_not(tmp_path: Path) -> None:
    sleep = Program(name="sleep", argv=("sleep", "60"))
    left, stranger = spawn(sleep), spawn(sleep)
    former = Roster(tmp_path)
    former.enter(left.pid, sleep)
    entries = json.loads(former.file.read_text())
    entries["of another boot:1"] = (stranger.pid, int(signal.SIGTERM), "sleep")
    former.file.write_text(json.dumps(entries))

    Roster(tmp_path).end_leftovers()

    assert identity(left.pid) is None
    assert identity(stranger.pid) is not None
    force(stranger, sleep)
    assert left.wait() == -signal.SIGTERM
