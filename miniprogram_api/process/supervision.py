"""Keeping child processes alive: who ends or hangs is started again, all are stopped in order."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from config import metrics
from config.embedded.forks import fork
from config.embedded.processes import Process, Program, force, signal_name, spawn, stop
from config.embedded.roster import Roster
from config.errors import INTERRUPTED, StartError
from config.heartbeat import Pulse

POLL = 0.05
# Who ran this long does not fail at once: it is started again without a pause.
SETTLED = 5.0
# After the second failure at once, and at most.
SHORTEST_PAUSE, LONGEST_PAUSE, DOUBLINGS = 0.2, 10.0, 6
# So long no process of ours keeps its event loop busy, on a busy machine either: it hangs.
SILENCE = 5.0
# Nor does it take so long to start.
STARTING = 60.0
# A machine that slept, or a terminal's Ctrl-Z: then everybody was silent, and nobody hangs.
STALL = 1.0


@dataclass
class Child:
    """One program that must run."""

    program: Program
    process: Process
    prepare: Callable[[], None] | None = None
    pulse: Pulse | None = None
    since: float = field(default_factory=time.monotonic)
    failures: int = 0
    due: float | None = None


class Supervisor:
    """The children of one parent, in the order they were started."""

    def __init__(self, say: Callable[[str], None], roster: Roster | None = None) -> None:
        self.roster = roster
        self._print = say
        self.children: list[Child] = []
        self._looked = time.monotonic()

    def say(self, line: str) -> None:
        """Tell the operator; a full disk or a closed pipe under our output stops no watch."""
        with contextlib.suppress(OSError):
            self._print(line)

    def start(self, program: Program) -> None:
        """Run it from now on."""
        process, pulse = self._spawn(program)
        self.adopt(Child(program, process, pulse=pulse))

    def adopt(self, child: Child) -> None:
        """Watch one that already runs."""
        self.children.append(child)

    def ended(self) -> str | None:
        """The name of a child that does not run at this moment."""
        return next((c.program.name for c in self.children if c.process.poll() is not None), None)

    def watch(self) -> None:
        """Start again whatever ends or hangs, until interrupted."""
        while True:
            time.sleep(POLL)
            self.look()

    def look(self) -> None:
        """Look once at every child."""
        now = time.monotonic()
        stalled, self._looked = now - self._looked > STALL, now
        for child in self.children:
            if stalled and child.pulse:
                child.pulse.heard = now
            self._tend(child, now)

    def stop(self) -> None:
        """Stop all, the last first; a second interrupt forces it and exits with status 130.

        Those of one kind are told together, so that their graces run at the same time.
        """
        try:
            for child in reversed(self.children):
                self.say(f"正在停止 {child.program.name} / is being stopped …")
                if child.program.pulse and child.process.poll() is None:
                    child.process.send_signal(child.program.stop_signal)
            for child in reversed(self.children):
                stop(child.process, child.program)
                _end_group(child)
        except KeyboardInterrupt:
            for child in reversed(self.children):
                force(child.process, child.program)
                _end_group(child)
            raise SystemExit(INTERRUPTED) from None

    def _tend(self, child: Child, now: float) -> None:
        if child.process.poll() is None:
            if child.pulse and _hangs(child.pulse, now):
                self.say(f"{child.program.name} 没有响应，正在结束 / hangs; ending it.")
                child.process.kill()
            return
        if child.due is None:
            self._plan(child, now)
        if child.due is not None and now >= child.due:
            self._restart(child)

    def _plan(self, child: Child, now: float) -> None:
        """At once the first time, later and later for one that fails at once each time."""
        child.failures = 1 if now - child.since > SETTLED else child.failures + 1
        # One that fails for hours: beyond a thousand doublings there is no such float.
        doublings = min(child.failures - 2, DOUBLINGS)
        pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2**doublings)
        child.due = now + pause if child.failures > 1 else now
        said, english = _end(child.process)
        self.say(f"{child.program.name} {said}，正在重新启动 / {english}; starting it again.")
        _end_group(child)
        metrics.forget(child.process.pid)

    def _restart(self, child: Child) -> None:
        child.since, child.due = time.monotonic(), None
        if child.pulse:
            child.pulse.close()
        try:
            if child.prepare:
                child.prepare()
            child.process, child.pulse = self._spawn(child.program)
        except (StartError, OSError) as error:
            child.pulse = None
            self.say(f"{child.program.name} 不能启动 / does not start: {error}")

    def _spawn(self, program: Program) -> tuple[Process, Pulse | None]:
        pulse = Pulse(time.monotonic()) if program.pulse else None
        pipe = pulse.writer if pulse else None
        try:
            process: Process
            process = fork(program, pipe=pipe) if program.run else spawn(program, pipe=pipe)
        except OSError:
            if pulse:
                pulse.close()
            raise
        finally:
            if pulse:
                pulse.started()
        self._enter(process, program)
        return process, pulse

    def _enter(self, process: Process, program: Program) -> None:
        try:
            if self.roster:
                self.roster.enter(process.pid, program)
        except OSError as error:
            # It runs all the same, and a second one must not be started for that.
            self.say(f"processes.json 无法写入 / cannot be written: {error.strerror}.")


def _hangs(pulse: Pulse, now: float) -> bool:
    silence = pulse.silent_for(now)
    return silence > (SILENCE if pulse.begun else STARTING)


def _end(process: Process) -> tuple[str, str]:
    """How it came to its end, in Chinese and in English."""
    code = process.returncode
    if code is not None and code < 0:
        name = signal_name(-code)
        return f"被 {name} 结束", f"was ended by {name}"
    return f"已退出，状态 {code}", f"stopped with status {code}"


def _end_group(child: Child) -> None:
    """End what a killed child left in its session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)
