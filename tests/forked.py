"""Processes forked from one that has imported the product, which takes two seconds each time."""

import asyncio
import gc
import importlib
import inspect
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext
from pathlib import Path

from config.embedded.processes import die_with_parent
from config.metrics import VARIABLE

YIKOU = "miniprogram_api.process.command"
# Where the server of forks listens that all test processes share, where there is one.
SHARED = "TEST_YIKOU_FORKS"
HEAVY = (
    YIKOU,
    "miniprogram_api.process.data_files",
    "miniprogram_api.process.launcher",
    "sandbox.__main__",
    "sandbox.seed",
)


class Forked:
    """One of them, seen as subprocess.Popen shows a program."""

    def __init__(
        self, run: Callable[[], object], environ: Mapping[str, str], *, out: Path, err: Path
    ) -> None:
        """Run this with exactly this environment; its output goes to the end of these files."""
        self._process = _context().Process(target=_enter, args=(run, dict(environ), out, err))
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended: minus the signal that ended it; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if (ended := self._process.exitcode) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return ended

    def send_signal(self, sig: int) -> None:
        """Signal it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Main:
    """The `main` of this module, with these arguments."""

    def __init__(self, module: str, *arguments: str) -> None:
        self.module, self.arguments = module, arguments

    def __call__(self) -> None:
        """Run it as `python -m` does, though it is imported already."""
        sys.argv = [self.module, *self.arguments]
        main = importlib.import_module(self.module).main
        sys.exit(asyncio.run(main()) if inspect.iscoroutinefunction(main) else main())


class Source:
    """`python -c` with this source and these arguments."""

    def __init__(self, source: str, *arguments: str) -> None:
        self.source, self.arguments = source, arguments

    def __call__(self) -> None:
        """Run it."""
        sys.argv = ["-c", *self.arguments]
        exec(self.source, {"__name__": "__main__"})


def run_to_its_end(
    arguments: list[str], environ: dict[str, str], *, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run `yikou` with exactly this environment; what it wrote and its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = Forked(Main(YIKOU, *arguments), environ, out=out, err=err)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise subprocess.TimeoutExpired(
                arguments, seconds, out.read_text(), err.read_text()
            ) from None
        return subprocess.CompletedProcess(arguments, status, out.read_text(), err.read_text())


def share() -> None:
    """Start the server of forks for all test processes, in the one that they descend from."""
    _context()
    forkserver.ensure_running()
    os.environ[SHARED] = str(forkserver._forkserver._forkserver_address)  # type: ignore[attr-defined]  # noqa: SLF001 - it tells nobody


class _Shared(forkserver.ForkServer):
    """The one that `share` has started; it ends with the process that did."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._forkserver_address = address
        # Goes along to each fork, for forks of its own; nobody waits for its end.
        self._forkserver_alive_fd = os.open(os.devnull, os.O_RDONLY)

    def ensure_running(self) -> None:
        """It does; a fork is given our tracker all the same."""
        resource_tracker.ensure_running()


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*HEAVY])
    if address := os.environ.get(SHARED):
        forkserver.connect_to_new_process = _Shared(address).connect_to_new_process
    return context


def _enter(run: Callable[[], object], environ: dict[str, str], out: Path, err: Path) -> None:
    # Tests that are killed leave nothing running behind them: the server of forks ends with them.
    die_with_parent(signal.SIGTERM, os.getppid())
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    # That metrics lie in files was decided when they were imported, in which folder is not.
    metrics = {VARIABLE: os.environ[VARIABLE]} | environ
    Path(metrics[VARIABLE]).mkdir(parents=True, exist_ok=True)
    os.environ.clear()
    os.environ.update(metrics)
    # Looked at by the collector, each page that the server of forks made would be copied.
    gc.freeze()
    run()
