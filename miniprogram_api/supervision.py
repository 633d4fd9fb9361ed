"""Keeping child processes alive: who ends is started again, and all are stopped in order."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from config.embedded.processes import Program, force, spawn, stop
from config.embedded.roster import Roster
from config.errors import INTERRUPTED, StartError

POLL = 0.2
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
# Who ran this long is no longer taken to fail at once.
SETTLED = 30.0


@dataclass
class Child:
    """One program that must run."""

    program: Program
    process: subprocess.Popen[bytes]
    prepare: Callable[[], None] | None = None
    since: float = field(default_factory=time.monotonic)
    failures: int = 0
    due: float | None = None


class Supervisor:
    """The children of one launcher, in the order they were started."""

    def __init__(self, roster: Roster, say: Callable[[str], None]) -> None:
        self.roster = roster
        self.say = say
        self.children: list[Child] = []

    def start(self, program: Program) -> None:
        """Run it from now on."""
        self.adopt(Child(program, self._spawn(program)))

    def adopt(self, child: Child) -> None:
        """Watch one that already runs."""
        self.children.append(child)

    def ended(self) -> str | None:
        """The name of a child that does not run at this moment."""
        return next((c.program.name for c in self.children if c.process.poll() is not None), None)

    def watch(self) -> None:
        """Start again whatever ends, until interrupted."""
        while True:
            time.sleep(POLL)
            for child in self.children:
                self._tend(child)

    def stop(self) -> None:
        """Stop all, the last first; a second interrupt forces it and exits with status 130."""
        try:
            for child in reversed(self.children):
                self.say(f"Stopping {child.program.name} …")
                stop(child.process, child.program)
                _end_group(child)
        except KeyboardInterrupt:
            for child in reversed(self.children):
                force(child.process, child.program)
                _end_group(child)
            raise SystemExit(INTERRUPTED) from None

    def _tend(self, child: Child) -> None:
        if child.process.poll() is None:
            return
        now = time.monotonic()
        if child.due is None:
            child.failures = 0 if now - child.since > SETTLED else child.failures + 1
            pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2**child.failures)
            child.due = now + pause
            self.say(f"{child.program.name} {_end(child.process)}; starting it again.")
            _end_group(child)
        elif now >= child.due:
            self._restart(child)

    def _restart(self, child: Child) -> None:
        child.since, child.due = time.monotonic(), None
        try:
            if child.prepare:
                child.prepare()
            child.process = self._spawn(child.program)
        except (StartError, OSError) as error:
            self.say(f"{child.program.name} does not start: {error}")

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        process = spawn(program)
        self.roster.enter(process.pid, program.stop_signal)
        return process


def _end(process: subprocess.Popen[bytes]) -> str:
    if process.returncode < 0:
        return f"was ended by {signal.Signals(-process.returncode).name}"
    return f"stopped with status {process.returncode}"


def _end_group(child: Child) -> None:
    """End what a killed child left in its session, such as Sanic's helper processes."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)
