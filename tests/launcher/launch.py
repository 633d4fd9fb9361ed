"""Running the command `yikou` as an operator does: another process, its own folder and ports."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from config.embedded.processes import Process, die_with_parent, identity
from tests.forked import YIKOU, Forked, Main, run_to_its_end
from tests.stage import free_port

PATIENCE = 120.0
WEB = ("web server 1", "web server 2")
PARTS = ("PostgreSQL", "Redis", "WeChat sandbox", "worker", *WEB)


def environment(var_dir: Path, **settings: str) -> dict[str, str]:
    """An environment with these settings only."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YIKOU_")}
    kept.pop("PROMETHEUS_MULTIPROC_DIR", None)
    return kept | {
        "YIKOU_VAR_DIR": str(var_dir),
        "YIKOU_PORT": str(free_port()),
        "YIKOU_SANDBOX_PORT": str(free_port()),
        **{f"YIKOU_{name.upper()}": value for name, value in settings.items()},
    }


def yikou(command: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return run_yikou([command], environ)


def run_yikou(arguments: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command with arguments to its end."""
    return run_to_its_end(arguments, environ, seconds=PATIENCE)


class Launched:
    """A `yikou run` in the background, `forked` from what has imported it or started anew."""

    def __init__(self, environ: dict[str, str], *, forked: bool = False) -> None:
        self.environ = environ
        self.var_dir = Path(environ["YIKOU_VAR_DIR"])
        self.output = self.var_dir.with_suffix(".out")
        self.process: Process
        if forked:
            self.process = Forked(Main(YIKOU, "run"), environ, out=self.output, err=self.output)
        else:
            self.process = _program(environ, self.output)

    def ready(self) -> bool:
        """Whether it told its user so, and /readyz says 200.

        Without the first, whoever kills a part may meet the launcher still starting, which gives
        up with a sentence when a part ends.
        """
        if "is ready" not in self.said():
            return False
        with contextlib.suppress(URLError, OSError):
            url = f"http://127.0.0.1:{self.environ['YIKOU_PORT']}/readyz"
            with urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        return False

    def said(self) -> str:
        """All its output so far."""
        return self.output.read_text()

    def parts(self) -> dict[str, int]:
        """The process ids of the running children, by name."""
        rows = self._roster().items()
        return {name: pid for known, (pid, _, name) in rows if identity(pid) == known}

    def without(self, *parts: str, sign: signal.Signals = signal.SIGKILL) -> None:
        """Kill these parts at once and wait until others have taken their places."""
        former = {name: self.parts()[name] for name in parts}
        for pid in former.values():
            os.kill(pid, sign)
        self.until(
            lambda: all(self.parts().get(name) not in {None, former[name]} for name in parts)
        )
        self.until(self.ready)

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for it; fail when it takes too long, with all that was said."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, f"waited too long\n{self.said()}"
            time.sleep(0.05)

    def alive(self) -> list[int]:
        """Every process it ever recorded that still runs."""
        return [pid for known, (pid, *_) in self._roster().items() if identity(pid) == known]

    def send(self, sign: signal.Signals) -> int:
        """Signal it and wait for its exit status."""
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE)

    def _roster(self) -> dict[str, tuple[int, int, str]]:
        return dict(json.loads((self.var_dir / "processes.json").read_text()))


def _program(environ: dict[str, str], path: Path) -> "subprocess.Popen[bytes]":
    with path.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "miniprogram_api", "run"],
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Tests that are killed leave no system running behind them.
            preexec_fn=partial(die_with_parent, signal.SIGTERM, os.getpid()),  # noqa: PLW1509 - two system calls
        )


@contextlib.contextmanager
def launched(environ: dict[str, str], *, forked: bool = False) -> Iterator[Launched]:
    """Run everything; whatever the test did, it is stopped afterwards."""
    running = Launched(environ, forked=forked)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.send(signal.SIGTERM)
