"""The command `yikou` in processes that are forked from one that has imported it."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

from config.metrics import VARIABLE

HEAVY = ("miniprogram_api.command", "miniprogram_api.data_files", "miniprogram_api.launcher")


def run_to_its_end(
    arguments: list[str], environ: dict[str, str], *, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run it with exactly this environment; what it wrote and its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _context().Process(target=_run, args=(arguments, environ, out, err))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(arguments, seconds, out.read_text(), err.read_text())
        return subprocess.CompletedProcess(
            arguments, process.exitcode, out.read_text(), err.read_text()
        )


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*HEAVY])
    return context


def _run(arguments: list[str], environ: dict[str, str], out: Path, err: Path) -> None:
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    # Where the metrics lie was decided when they were imported.
    metrics = {VARIABLE: os.environ[VARIABLE]}
    os.environ.clear()
    os.environ.update(metrics | environ)
    sys.argv = ["yikou", *arguments]
    from miniprogram_api.command import main  # noqa: PLC0415 - not in the process that asks

    main()
