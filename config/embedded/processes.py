"""Child processes that never outlive us, and the proof that a process is the one we started."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from config import heartbeat

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
POLL = 0.02


class Process(Protocol):
    """What we need of subprocess.Popen."""

    @property
    def pid(self) -> int:
        """Its number."""

    @property
    def returncode(self) -> int | None:
        """How it ended, as far as poll or wait has seen: minus the signal that ended it."""

    def poll(self) -> int | None:
        """The same, after a look."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """Signal it, unless it has ended."""

    def kill(self) -> None:
        """End it at once."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run: its output goes to `log` or the descriptor `output`, else to our own terminal.

    Either a program file with its arguments, or a function `run` in a copy of this process.
    """

    name: str
    argv: tuple[str, ...] = ()
    run: Callable[[], None] | None = None
    environ: Mapping[str, str] | None = None
    log: Path | None = None
    output: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    force_signal: signal.Signals = signal.SIGKILL
    patience: float = 15.0
    confine: Callable[[], None] | None = None
    pulse: bool = False
    """Whether it tells by config.heartbeat that it does not hang."""


def spawn(program: Program, *, pipe: int | None = None) -> "subprocess.Popen[bytes]":
    """Start it in a session of its own, so that Ctrl-C reaches only us, tied to our life.

    `pipe` is the end into which it writes its heartbeat.
    """
    parent = os.getpid()

    def enter() -> None:
        if program.confine:
            program.confine()
        die_with_parent(program.stop_signal, parent)

    beating = {} if pipe is None else {heartbeat.VARIABLE: str(pipe)}
    log = program.log.open("ab") if program.log else None
    try:
        return subprocess.Popen(
            program.argv,
            stdin=subprocess.DEVNULL,
            stdout=log or program.output,
            stderr=log or program.output,
            env={**os.environ, **(program.environ or {}), **beating},
            pass_fds=() if pipe is None else (pipe,),
            preexec_fn=enter,  # noqa: PLW1509 - the starting process has no threads
            start_new_session=True,
            # A confined child may not enter our folder.
            cwd="/" if program.confine else None,
        )
    finally:
        if log:
            log.close()


def die_with_parent(sign: signal.Signals, parent: int) -> None:
    """Have the kernel send us `sign` when `parent` dies, however it dies; Linux only."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), sign)


def stop(child: Process, program: Program) -> None:
    """Ask it to end, and force it when its patience is over."""
    if child.poll() is None:
        child.send_signal(program.stop_signal)
        try:
            child.wait(program.patience)
        except subprocess.TimeoutExpired:
            force(child, program)


def force(child: Process, program: Program) -> None:
    """End it at once."""
    if child.poll() is None:
        child.send_signal(program.force_signal)
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def signal_name(number: int) -> str:
    """The name of a signal, or its number: the real-time ones between the two ends have none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def identity(pid: int) -> str | None:
    """What tells this process from every other, earlier, later or beside it; None if it has ended.

    The start time alone does not: it counts hundredths of a second, and we start two in one.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return _listed_identity(pid) if sys.platform != "linux" else None
    if fields[0] in {"Z", "X"}:
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{fields[19]}:{pid}"


def _listed_identity(pid: int) -> str | None:
    listed = subprocess.run(
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    started = listed.stdout.strip()
    return f"{started}:{pid}" if started else None


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Poll `done` until it is true; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True
