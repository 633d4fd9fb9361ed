"""A whole `yikou run` of the storm's own, and its processes by kind."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from config.embedded.processes import die_with_parent, identity

PATIENCE_SECONDS = 90.0
_LISTENING = "0A"
NAMES = {
    "web": "web server",
    "worker": "worker",
    "sandbox": "WeChat sandbox",
    "postgres": "PostgreSQL",
    "redis": "Redis",
}


@dataclass(frozen=True)
class Process:
    """A process of the system; `identity` tells it from every other, earlier or later."""

    pid: int
    identity: str


class System:
    """The running system; only what its launcher wrote into processes.json is ever signalled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.sandbox_port = _free_port(), _free_port()
        self.web_listeners = 1
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YIKOU_")}
        # Compiled at every start, what is imported would take longer than an operator sees.
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
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
        while not (self.answers() and all(self.of(kind) for kind in NAMES)):
            if time.monotonic() > deadline:
                raise TimeoutError((self.folder / "output").read_text()[-2000:])
            time.sleep(0.05)
        time.sleep(1)
        self.web_listeners = self.listeners()

    def ready(self) -> bool:
        """Whether every part runs, every web worker listens and /readyz says so."""
        return (
            all(self.of(kind) for kind in NAMES)
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
        """The running processes of a kind; of PostgreSQL the one that all others obey."""
        try:
            rows = json.loads((self.folder / "var" / "processes.json").read_text())
        except (FileNotFoundError, ValueError):
            return []
        return [
            Process(pid, known)
            for known, (pid, _, name) in rows.items()
            if name.startswith(NAMES[kind]) and identity(pid) == known
        ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
