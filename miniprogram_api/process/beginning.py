"""The first steps of `yikou run`, which need little: the rest is imported while servers start."""

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded import servers
from config.embedded.lock import owned, var_dir_ready
from config.embedded.roster import Roster
from config.settings import Settings, settings
from miniprogram_api.process import ports

SAME_INTERRUPT = 1.0


@dataclass(frozen=True)
class Begun:
    """A var dir that is ours, and its servers, which may answer soon; `since` is monotonic."""

    given: Settings
    since: float
    var_dir: Path
    roster: Roster
    starting: list[servers.Starting] = field(default_factory=list)


@contextlib.contextmanager
def begun() -> Iterator[Begun]:
    """Own the var dir, end what a killed owner left there, and start the servers it needs.

    They are stopped at the end, if nobody has before. Raises StartError in one sentence.
    """
    given, since = settings(), time.monotonic()
    var_dir = var_dir_ready(given.var_dir)
    with owned(var_dir), contextlib.ExitStack() as undo:
        _interruptible()
        first = Begun(given, since, var_dir, Roster(var_dir))
        first.roster.end_leftovers()
        _check(given, var_dir)
        for server in servers.needed(given):
            first.starting.append(servers.begin(server, first.roster))
            undo.callback(first.starting[-1].stop)
        yield first


def _check(given: Settings, var_dir: Path) -> None:
    ports.check_free(given.host, given.port, variable="YIKOU_PORT")
    if given.uses_sandbox:
        ports.check_free("127.0.0.1", given.sandbox_port, variable="YIKOU_SANDBOX_PORT")
    servers.check_disk(var_dir)


def _interruptible() -> None:
    """Treat a service manager's SIGTERM and a closed terminal like Ctrl-C."""
    last = -SAME_INTERRUPT

    def interrupt(_sign: int, _frame: object) -> None:
        nonlocal last
        # make passes on what the terminal has already sent to all.
        if time.monotonic() - last > SAME_INTERRUPT:
            last = time.monotonic()
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, interrupt)
