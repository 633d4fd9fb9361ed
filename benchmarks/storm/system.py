"""A whole `yikou run` of the storm's own, and its processes by kind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from config.embedded.processes import die_with_parent

PATIENCE_SECONDS = 90.0
_LISTENING = "0A"
MARKS = {
    "web": "miniprogram_api.serving",
    "worker": "-m notifications",
    "sandbox": "-m sandbox",
    "postgres": "postgres -D",
    "redis": "valkey-server",
}


@dataclass(frozen=True)
class Process:
    """A process of the system, told from others by when it started."""

    pid: int
    started: str


class System:
    """The running system; only what descends from its launcher is ever signalled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.sandbox_port = _free_port(), _free_port()
        self.web_listeners = 1
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YIKOU_")}
        self.environ = kept | {
            "YIKOU_VAR_DIR": str(folder / "var"),
            "YIKOU_PORT": str(self.port),
            "YIKOU_SANDBOX_PORT": str(self.sandbox_port),
            "YIKOU_RATE_LIMITS": "off",
        }
        self.launcher: subprocess.Popen[bytes] | None = None

    @property
    def api(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox(self) -> str:
        """Where the sandbox answers."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    def start(self) -> None:
        """Start the launcher, as a service manager would after each of its ends."""
        with (self.folder / "output").open("ab") as output:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "miniprogram_api", "run"],
                env=self.environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(die_with_parent, signal.SIGTERM, os.getpid()),  # noqa: PLW1509 - two system calls
            )

    def stop(self) -> None:
        """End it politely."""
        if self.launcher and self.launcher.poll() is None:
            self.launcher.send_signal(signal.SIGTERM)
            try:
                self.launcher.wait(30)
            except subprocess.TimeoutExpired:
                self.launcher.kill()

    def settle(self) -> None:
        """Learn, once it is up, how many sockets its web workers listen on."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (self.answers() and all(self.of(kind) for kind in MARKS)):
            if time.monotonic() > deadline:
                raise TimeoutError((self.folder / "output").read_text()[-2000:])
            time.sleep(0.05)
        time.sleep(1)
        self.web_listeners = self.listeners()

    def ready(self) -> bool:
        """Whether every part runs, every web worker listens and /readyz says so."""
        return (
            all(self.of(kind) for kind in MARKS)
            and self.listeners() >= self.web_listeners
            and self.answers()
        )

    def answers(self) -> bool:
        """Whether /readyz is 200 with database and Redis there."""
        with contextlib.suppress(URLError, OSError):
            answer = urlopen(f"{self.api}/readyz", timeout=2)
            with answer:
                return answer.status == HTTPStatus.OK and b"away" not in answer.read()
        return False

    def listeners(self) -> int:
        """How many sockets listen on the API's port."""
        wanted = f":{self.port:04X}"
        lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
        fields = [line.split() for line in lines]
        return sum(each[1].endswith(wanted) and each[3] == _LISTENING for each in fields)

    def of(self, kind: str) -> list[Process]:
        """The processes of a kind; of PostgreSQL the one that all others obey."""
        return [each for each, line in self._tree() if MARKS[kind] in line]

    def web_workers(self) -> list[Process]:
        """The processes that serve: all of the web's that have no child of the web's."""
        web = self.of("web")
        parents = {_parent(each.pid) for each in web}
        return [each for each in web if each.pid not in parents]

    def _tree(self) -> Iterator[tuple[Process, str]]:
        if self.launcher is None:
            return
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and (parent := _parent(int(entry.name))):
                children.setdefault(parent, []).append(int(entry.name))
        waiting = [self.launcher.pid]
        while waiting:
            for pid in children.get(waiting.pop(), ()):
                waiting.append(pid)
                with contextlib.suppress(OSError):
                    line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                    if line:
                        yield Process(pid, _started(pid)), line


def _fields(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[1]) if fields and fields[0] != "Z" else 0


def _started(pid: int) -> str:
    fields = _fields(pid)
    return fields[19] if fields else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
