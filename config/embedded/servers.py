"""Starting PostgreSQL and Redis of our own; it imports little, for they start before the rest."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded.postgres import Postgres
from config.embedded.processes import Program, spawn, stop, wait_until
from config.embedded.roster import Roster
from config.embedded.server import ENOUGH_DISK, Server, failure
from config.embedded.valkey import Valkey
from config.errors import StartError
from config.settings import Settings

START_SECONDS = 60.0
MEGABYTE = 1_000_000


def needed(settings: Settings) -> list[Server]:
    """The servers for which the deployment names no URL."""
    servers: list[Server] = []
    if not settings.database_url:
        servers.append(Postgres(settings.var_dir))
    if not settings.redis_url:
        servers.append(Valkey(settings.var_dir))
    return servers


@dataclass(frozen=True)
class Starting:
    """A server whose process runs, and may answer soon."""

    server: Server
    program: Program
    process: "subprocess.Popen[bytes]"

    def wait(self, *, seconds: float = START_SECONDS) -> None:
        """Wait until it answers; else stop it and raise StartError with what it said last."""
        process, ready = self.process, self.server.ready
        answered = wait_until(lambda: process.poll() is not None or ready(), seconds)
        if process.poll() is None and answered:
            return
        self.stop()
        assert self.program.log is not None  # noqa: S101 - every server has one
        raise failure(self.server.name, self.program.log)

    def stop(self) -> None:
        """End it, unless it has ended."""
        stop(self.process, self.program)


def begin(server: Server, roster: Roster) -> Starting:
    """Start its process; raises StartError where there is nothing to start."""
    server.prepare()
    program = server.program()
    process = spawn(program)
    roster.enter(process.pid, program)
    return Starting(server, program, process)


def start(
    server: Server, roster: Roster, *, seconds: float = START_SECONDS
) -> "subprocess.Popen[bytes]":
    """Start one and wait until it answers; raises StartError with what it said last."""
    starting = begin(server, roster)
    starting.wait(seconds=seconds)
    return starting.process


def check_disk(var_dir: Path, needed: int = ENOUGH_DISK) -> None:
    """Raise StartError when fewer than `needed` bytes are free to begin with."""
    free = shutil.disk_usage(var_dir).free
    if free < needed:
        raise StartError(
            f"磁盘空间不足：{var_dir} 仅剩 {free // MEGABYTE} MB，需要 {needed // MEGABYTE} MB。"
            f" Only {free // MEGABYTE} MB are free there; {needed // MEGABYTE} MB are needed."
        )
