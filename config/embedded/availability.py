"""Having PostgreSQL and Redis: embedded ones of our own, or those of the var dir's owner."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from config import outages
from config.embedded.lock import VarDirInUse, owned, var_dir_ready
from config.embedded.processes import wait_until
from config.embedded.roster import Roster
from config.embedded.server import Server
from config.embedded.servers import START_SECONDS, Starting, begin, check_disk, needed
from config.errors import StartError
from config.settings import Settings


@contextlib.contextmanager
def available(settings: Settings, *, make: bool = False) -> Iterator[None]:
    """Have the deployment's servers meanwhile: started here, or those of the var dir's owner.

    What every command works in: PostgreSQL's failing meanwhile is a StartError. So is a var dir
    without data, unless the command may `make` some: the setting may have a typo.
    """
    servers = needed(settings)
    if not servers:
        with outages.told():
            yield
        return
    if not make:
        _refuse_empty(servers, settings.var_dir)
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


def _refuse_empty(servers: Sequence[Server], var_dir: Path) -> None:
    """Raise StartError, and leave nothing there, where a server would begin with nothing."""
    if all(server.made() for server in servers):
        return
    raise StartError(
        f"{var_dir.absolute()} 中没有一口办的数据，请核对 YIKOU_VAR_DIR；"
        "要新建请执行 yikou migrate。"
        f" There is no data of Yikou in {var_dir.absolute()}: check YIKOU_VAR_DIR,"
        " or make some with 'yikou migrate'."
    )


def _start_all(servers: Sequence[Server], var_dir: Path, undo: contextlib.ExitStack) -> None:
    check_disk(var_dir)
    roster = Roster(var_dir)
    roster.end_leftovers()
    starting: list[Starting] = []
    for server in servers:
        starting.append(begin(server, roster))
        undo.callback(starting[-1].stop)
    for each in starting:
        each.wait()


def _wait_for_owner(servers: Sequence[Server]) -> None:
    for server in servers:
        if not wait_until(server.ready, START_SECONDS):
            raise StartError(
                f"正在运行的一口办的 {server.name} 没有应答。"
                f" {server.name} of the running yikou does not answer."
            )
