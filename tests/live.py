"""The whole system as its real processes, for tests that know it only over HTTP."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config.embedded import postgres, valkey
from config.embedded.processes import Program, stop
from tests import stage
from tests.forked import Forked, Main

SANDBOX = "sandbox.__main__"
WORKER, WEB = "miniprogram_api.process.worker", "miniprogram_api.process.web"


@dataclass(frozen=True)
class Live:
    """Where the running system answers, and its database for a look behind the scenes."""

    api: str
    sandbox: str
    database_url: str


@contextlib.contextmanager
def running(database: str) -> Iterator[Live]:
    """Run sandbox, worker and web server on this database of the run until the end of the block."""
    folder = stage.RUN_DIR / f"live_{stage.WORKER}"
    folder.mkdir()
    web, sandbox = stage.free_port(), stage.free_port()
    live = Live(
        api=f"http://127.0.0.1:{web}",
        sandbox=f"http://127.0.0.1:{sandbox}",
        database_url=postgres.url(stage.RUN_DIR, database),
    )
    environ = {
        "YIKOU_VAR_DIR": str(folder),
        "YIKOU_DATABASE_URL": live.database_url,
        # The test process empties its own Redis database; this one is left alone.
        "YIKOU_REDIS_URL": valkey.url(stage.RUN_DIR, valkey.DATABASES - 1 - stage.number()),
        "YIKOU_PORT": str(web),
        "YIKOU_SANDBOX_PORT": str(sandbox),
        "YIKOU_LOG_LEVEL": "warning",
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
    }
    with contextlib.ExitStack() as undo:
        children = []
        for module in (SANDBOX, WORKER, WEB):
            log = folder / f"{module}.log"
            children.append(Forked(Main(module), os.environ | environ, out=log, err=log))
            undo.callback(stop, children[-1], Program(name=module))
        for port, path in ((web, "/readyz"), (sandbox, "/_control/stats")):
            while not _answers(port, path):
                ended = [child for child in children if child.poll() is not None]
                assert not ended, _logs(folder)
                time.sleep(0.05)
        yield live
    assert not (told := _complaints(folder)), told


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _logs(folder: Path) -> str:
    return "\n".join(f"{log.name}:\n{log.read_text()}" for log in sorted(folder.glob("*.log")))


def _complaints(folder: Path) -> str:
    """What the processes said of faults of their own."""
    marks = ('"level":"error"', "Traceback", "Warning:")
    lines = [line for line in _logs(folder).splitlines() if any(mark in line for mark in marks)]
    return os.linesep.join(lines[:20])
