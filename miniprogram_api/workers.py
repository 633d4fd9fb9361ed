"""Sanic's manager of worker processes, mended where it waits for the dead."""

import contextlib
import os
import signal
from types import FrameType

from sanic.mixins import startup
from sanic.worker.manager import WorkerManager

# How long workers may take to start, in tenths of a second: long, on a busy machine.
START_TENTHS = 600


class Manager(WorkerManager):
    """Can be stopped while workers start: Sanic's waits on for those it has just stopped."""

    THRESHOLD = START_TENTHS
    started = False

    def wait_for_ack(self) -> None:
        """Wait until every worker serves."""
        super().wait_for_ack()  # type: ignore[no-untyped-call]  # Sanic's gap
        self.started = True

    def shutdown_signal(self, signal: int, frame: FrameType | None) -> None:
        """Stop in order, or at once when not all workers serve yet."""
        if self.started:
            super().shutdown_signal(signal, frame)  # type: ignore[no-untyped-call]  # likewise
            return
        for process in self.processes:
            _end(process.pid)
        os._exit(0)


def use() -> None:
    """Have Sanic take this manager; it has no setting for it."""
    startup.WorkerManager = Manager  # type: ignore[attr-defined]


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
