"""The bench's own servers and processes, in a folder that is gone afterwards."""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from benchmarks.machine import Cores
from config.embedded import postgres, valkey
from config.embedded.processes import Program, spawn, stop
from config.embedded.roster import Roster
from config.embedded.server import failure
from config.embedded.servers import start
from config.errors import StartError

START_SECONDS = 60.0
_POLL = 0.005


@dataclass(frozen=True)
class Stage:
    """Where the servers keep their data, and the ports of the others."""

    folder: Path
    cores: Cores
    web_port: int
    peer_port: int
    wechat_port: int

    @property
    def database_url(self) -> str:
        """The bench's own database."""
        return postgres.url(self.folder)

    @property
    def owner_url(self) -> str:
        """The same as its owner, to fill and to measure it."""
        return postgres.owner_url(self.folder)

    @property
    def database_pid(self) -> int:
        """The process of PostgreSQL whose children serve."""
        file = postgres.Postgres(self.folder).data / "postmaster.pid"
        return int(file.read_text().split()[0])


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Run PostgreSQL, as durable as in operation, and Redis, both with nothing in them."""
    folder = Path(tempfile.mkdtemp(prefix="yikou-bench-"))
    folder.chmod(0o755)
    cores = machine.cores()
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        made = Stage(folder, cores, *_free_ports(3))
        _set_environment(made)
        roster = Roster(folder)
        undo.enter_context(machine.on(cores.other))
        for server in (postgres.Postgres(folder), valkey.Valkey(folder)):
            undo.callback(stop, start(server, roster), server.program())
        yield made


@contextlib.contextmanager
def running(
    stage: Stage,
    name: str,
    argv: Sequence[str],
    *,
    core: int | None,
    environ: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python module on this core; its output goes to a log in the stage's folder."""
    program = Program(
        name=name,
        argv=(sys.executable, "-m", *argv),
        environ=environ,
        log=stage.folder / "log" / f"{name}.log",
    )
    with machine.on(core):
        child = spawn(program)
    try:
        yield child
    finally:
        stop(child, program)


def wait_until_ready(stage: Stage, child: subprocess.Popen[bytes], name: str, port: int) -> None:
    """Wait until GET /readyz answers 200; raises StartError with what the process said last."""
    deadline = time.monotonic() + START_SECONDS
    while not _ready(port):
        if child.poll() is not None or time.monotonic() > deadline:
            raise failure(name, stage.folder / "log" / f"{name}.log")
        time.sleep(_POLL)


def _ready(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", "/readyz")
        return asked.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        asked.close()


def _set_environment(stage: Stage) -> None:
    """Point the settings of all processes at the stage, whatever the shell says."""
    for name in [name for name in os.environ if name.startswith("YIKOU_")]:
        del os.environ[name]
    os.environ |= {
        "YIKOU_VAR_DIR": str(stage.folder),
        "YIKOU_DATABASE_URL": stage.database_url,
        "YIKOU_REDIS_URL": valkey.url(stage.folder),
        "YIKOU_PORT": str(stage.web_port),
        "YIKOU_WORKERS": "1",
        "YIKOU_WECHAT_API_URL": f"http://127.0.0.1:{stage.wechat_port}",
        # They would stop the load; what counting costs is a round trip to Redis.
        "YIKOU_RATE_LIMITS": "off",
        # All sides book for the same residents, at slots of their own.
        "YIKOU_BOOKINGS_PER_PERSON": "100",
    }


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_:
        probes = [open_.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def pgbench() -> Path:
    """PostgreSQL's own load program; raises StartError."""
    found = postgres.binary("pgbench")
    if not found.exists():
        raise StartError(f"{found} is missing.")
    return found
