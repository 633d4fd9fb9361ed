"""Child processes that go on from a copy of our memory: nothing is imported anew, pages are shared.

Only from a process with one thread and no event loop.
"""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import time
import traceback
from typing import NoReturn

from config import heartbeat
from config.embedded.processes import LIBC, POLL, Program, die_with_parent, signal_name
from config.errors import StartError, told

PR_SET_NAME = 15
OURS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


class Forked:
    """A copy of us, seen as subprocess.Popen shows another program."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended, minus the signal that ended it; None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""
        deadline = time.monotonic() + (timeout or 0)
        while (ended := self.poll()) is None:
            if timeout is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(POLL)
        return ended

    def send_signal(self, sig: int) -> None:
        """Signal it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def fork(program: Program, *, pipe: int | None = None) -> Forked:
    """Start `program.run` as `spawn` starts another program; killed when we die, however we die."""
    parent = os.getpid()
    # Whatever comes meanwhile is for us: in the copy, our handler would stop our children.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, OURS)
    try:
        _flush()
        # Looked at by the collector, pages would be shared no more.
        gc.freeze()
        pid = os.fork()
        if pid == 0:
            _live(program, parent, pipe)
        return Forked(pid)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def apart(program: Program) -> None:
    """Run it to its end, so that what it leaves in memory goes with it.

    Raises SystemExit with its status where it has told why it failed, else StartError.
    """
    child = fork(program)
    try:
        if (status := child.wait()) > 0:
            raise SystemExit(status)
        if status < 0:
            name = signal_name(-status)
            raise StartError(f"{program.name} 被 {name} 终止 / was ended by {name}.")
    finally:
        child.kill()


def _live(program: Program, parent: int, pipe: int | None) -> NoReturn:
    """Be the copy: nothing of it may return into what its parent was doing."""
    status = 1
    try:
        _leave_parent(program.name)
        # A copy that hangs would not hear of a politer signal, and hold its port.
        die_with_parent(signal.SIGKILL, parent)
        if pipe is not None:
            os.environ[heartbeat.VARIABLE] = str(pipe)
        if program.run is not None:
            with told():
                program.run()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - the end of the process
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            _flush()
        os._exit(status)


def _leave_parent(name: str) -> None:
    os.setsid()
    for sign in OURS:
        signal.signal(sign, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if sys.platform == "linux":
        # What `ps -o comm` and `top` show; the command line stays the parent's.
        LIBC.prctl(PR_SET_NAME, f"yikou {name}".encode()[:15], 0, 0, 0)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
