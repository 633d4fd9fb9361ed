"""`yikou web`: the parent of the processes that serve; it only watches them.

They are copies of it: it has imported all that they need, which takes two seconds.
"""

import asyncio
import signal
import socket
from types import FrameType

import structlog

from backend.files import mounted
from config import database, logging, migration, remarks
from config.embedded.forks import apart
from config.embedded.processes import Program
from config.errors import told
from config.settings import Settings, settings
from miniprogram_api.process import ports, preflight, serving
from miniprogram_api.process.supervision import Supervisor

log = structlog.get_logger(__name__)


def main() -> None:
    """Serve until SIGTERM; ends with one sentence when it cannot start."""
    with told():
        given = settings()
        logging.configure("web")
        ports.check_free(given.host, given.port, variable="YIKOU_PORT")
        apart(Program(name="the check", run=_check))
        for remark in remarks.remarks(given):
            log.info("supervision", told=f"提示 note: {remark}")
        _watch(given)


def programs(given: Settings) -> list[Program]:
    """The processes that serve: as many as asked for, where several may listen on one port."""
    count = given.workers if hasattr(socket, "SO_REUSEPORT") else 1
    return [
        Program(
            name=f"web server {number}",
            run=serving.serve,
            patience=given.drain_seconds + 15.0,
            pulse=True,
        )
        for number in range(1, count + 1)
    ]


def _watch(given: Settings) -> None:
    supervisor = Supervisor(lambda line: log.info("supervision", told=line))
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        for program in programs(given):
            supervisor.start(program)
        supervisor.watch()
    except _Ended:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, _force)
        supervisor.stop()


class _Ended(Exception):
    """We are told to end."""


def _interrupt(_sign: int, _frame: FrameType | None) -> None:
    raise _Ended


def _force(_sign: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _check() -> None:
    preflight.check()
    asyncio.run(_check_database())


async def _check_database() -> None:
    await migration.check(database.url())
    await mounted.check(database.url())
    mounted.mark()


if __name__ == "__main__":
    main()
