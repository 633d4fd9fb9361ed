"""Processes that work for a web process, one piece of work after the other, each kept for the next.

What a library costs (memory, time, a crash) stays with them. They run `python -m module`, read a
piece from standard input and answer with two: JSON on what became of it, and bytes.
"""

import asyncio
import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import Any, BinaryIO

from backend.files.pieces import receive, send

Process = subprocess.Popen[bytes]


class Helpers:
    """The helping processes of one module; when none had work for `idle_seconds`, they end."""

    def __init__(self, module: str, *, idle_seconds: float | None = None) -> None:
        self._module = module
        self._idle: list[Process] = []
        self._idle_seconds = idle_seconds
        self._closing: asyncio.TimerHandle | None = None
        atexit.register(self.close)

    async def ask(self, content: bytes, *, seconds: float) -> tuple[dict[str, Any], bytes]:
        """What a helper answers; OSError if it ends over it, TimeoutError after so many seconds."""
        helper = self._idle.pop() if self._idle else await asyncio.to_thread(_start, self._module)
        asked = asyncio.get_running_loop().run_in_executor(None, _ask, helper, content)
        try:
            async with asyncio.timeout(seconds):
                answer = await asyncio.shield(asked)
        except BaseException:
            # Timed out, cancelled, or the helper has gone: its pipes hold half an answer.
            _kill(helper)
            await asyncio.wait([asked])
            asked.exception()  # whoever asked is told already
            _end(helper)
            raise
        self._idle.append(helper)
        self._close_later()
        return answer

    def close(self) -> None:
        """End those that wait for work."""
        while self._idle:
            _end(self._idle.pop())

    def _close_later(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
        if self._idle_seconds is not None:
            loop = asyncio.get_running_loop()
            self._closing = loop.call_later(self._idle_seconds, self.close)


def _start(module: str) -> Process:
    return subprocess.Popen(
        (sys.executable, "-m", module),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,  # so that its child can be ended with it
    )


def _ask(helper: Process, content: bytes) -> tuple[dict[str, Any], bytes]:
    to, source = _pipes(helper)
    send(to, content)
    told, made = receive(source), receive(source)
    if told is None or made is None:
        raise BrokenPipeError
    found: dict[str, Any] = json.loads(told)
    return found, made


def _pipes(helper: Process) -> tuple[BinaryIO, BinaryIO]:
    if helper.stdin is None or helper.stdout is None:
        raise BrokenPipeError
    return helper.stdin, helper.stdout  # type: ignore[return-value]  # typeshed says IO[bytes]


def _kill(helper: Process) -> None:
    if helper.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(helper.pid, signal.SIGKILL)


def _end(helper: Process) -> None:
    _kill(helper)
    for pipe in _pipes(helper):
        with contextlib.suppress(OSError):
            pipe.close()
    helper.wait()
