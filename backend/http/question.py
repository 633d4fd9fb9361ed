"""Asking a server that may hang whether it is there, without taking our own lateness for its."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

# All steps together are 0.8 seconds: a balancer gives up after about one.
STEPS, STEP_SECONDS = 16, 0.05
# A question that nobody answers is left alone after so long, and asked anew.
FORGOTTEN_SECONDS = 5.0


class Question:
    """One question to a server, asked once for all who wait at the same time.

    After our patience it is cancelled but not waited for: a driver may wait for its server even
    then, and each further question would take another connection.
    """

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self._ask = ask
        self._task: asyncio.Task[Any] | None = None
        self._since = 0.0

    async def answer(self) -> Any:
        """What it answers in time; None where it fails or does not answer."""
        loop = asyncio.get_running_loop()
        task = self._task
        if task is None or task.done() or loop.time() - self._since > FORGOTTEN_SECONDS:
            task = self._task = loop.create_task(self._ask())
            self._since = loop.time()
        if not task.cancelling():
            await _in_time(task)
        if not task.done():
            task.cancel()
            return None
        # Whatever the driver raises while the server is away means the same here: not ready.
        return None if task.cancelled() or task.exception() else task.result()


async def _in_time(task: asyncio.Task[Any]) -> None:
    """Wait in steps: one that our busy loop makes late counts no more than one in time.

    What the server has answered by then lies in the socket, and is read in the same turns.
    """
    for _ in range(STEPS):
        done, _ = await asyncio.wait({task}, timeout=STEP_SECONDS)
        if done:
            return
