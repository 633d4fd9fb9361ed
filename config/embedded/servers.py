"""Having PostgreSQL and Redis: embedded ones of our own, or those of the var dir's owner."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from config import outages
from config.embedded.lock import VarDirInUse, owned, var_dir_ready
from config.embedded.postgres import Postgres
from config.embedded.processes import spawn, stop, wait_until
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


def start(
    server: Server, roster: Roster, *, seconds: float = START_SECONDS
) -> subprocess.Popen[bytes]:
    """Start one and wait until it answers; raises StartError with what it said last."""
    server.prepare()
    program = server.program()
    child = spawn(program)
    roster.enter(child.pid, program)
    answered = wait_until(lambda: child.poll() is not None or server.ready(), seconds)
    if child.poll() is None and answered:
        return child
    stop(child, program)
    assert program.log is not None  # noqa: S101 - every server has one
    raise failure(server.name, program.log)


def check_disk(var_dir: Path, needed: int = ENOUGH_DISK) -> None:
    """Raise StartError when fewer than `needed` bytes are free to begin with."""
    free = shutil.disk_usage(var_dir).free
    if free < needed:
        raise StartError(
            f"磁盘空间不足：{var_dir} 仅剩 {free // MEGABYTE} MB，需要 {needed // MEGABYTE} MB。"
            f" Only {free // MEGABYTE} MB are free there; {needed // MEGABYTE} MB are needed."
        )


@contextlib.contextmanager
def available(settings: Settings) -> Iterator[None]:
    """Have the deployment's servers meanwhile: started here, or those of the var dir's owner.

    What every command works in: PostgreSQL's failing meanwhile is a StartError.
    """
    servers = needed(settings)
    if not servers:
        with outages.told():
            yield
        return
    var_dir = var_dir_ready(settings.var_dir)
    with contextlib.ExitStack() as undo:
        try:
            undo.enter_context(owned(var_dir))
        except VarDirInUse:
            _wait_for_owner(servers)
        else:
            _start_all(servers, var_dir, undo)
        with outages.told():
            yield


def _start_all(servers: Sequence[Server], var_dir: Path, undo: contextlib.ExitStack) -> None:
    check_disk(var_dir)
    roster = Roster(var_dir)
    roster.end_leftovers()
    for server in servers:
        undo.callback(stop, start(server, roster), server.program())


def _wait_for_owner(servers: Sequence[Server]) -> None:
    for server in servers:
        if not wait_until(server.ready, START_SECONDS):
            raise StartError(
                f"正在运行的一口办的 {server.name} 没有应答。"
                f" {server.name} of the running yikou does not answer."
            )
