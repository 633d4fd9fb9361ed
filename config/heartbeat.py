"""A sign of life from each process to the parent that watches it: its event loop still turns.

All web processes listen on one port, so a parent cannot ask a certain one for /healthz; a process
that hangs would go on holding its connections. So each writes a byte into a pipe of its own.
"""

import asyncio
import contextlib
import os

VARIABLE = "HEARTBEAT_PIPE"
SECONDS = 0.5


async def beat() -> None:
    """Write a byte each half second, until cancelled; nothing to do without a parent that asks."""
    if (given := os.environ.get(VARIABLE)) is None:
        return
    pipe = int(given)
    os.set_blocking(pipe, False)
    while True:
        # A full pipe is a parent that is busy itself; without one, we are ended by other means.
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(pipe, b".")
        await asyncio.sleep(SECONDS)


class Pulse:
    """The parent's end: when the process last gave a sign."""

    def __init__(self, now: float) -> None:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        os.set_inheritable(self.writer, True)
        self.heard = now
        self.begun = False

    def started(self) -> None:
        """The process has its end: ours of it must not keep the pipe open."""
        os.close(self.writer)

    def silent_for(self, now: float) -> float:
        """Seconds since the last sign, or since the start."""
        with contextlib.suppress(BlockingIOError):
            if os.read(self.reader, 4096):
                self.heard, self.begun = now, True
        return now - self.heard

    def close(self) -> None:
        """Give the pipe back."""
        os.close(self.reader)
