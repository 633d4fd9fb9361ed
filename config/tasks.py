"""Background tasks that must live: one that ends is started again, and says so."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

PAUSE_SECONDS = 1.0

log = structlog.get_logger(__name__)


def keep(name: str, run: Callable[[], Awaitable[object]]) -> asyncio.Task[None]:
    """Run it from now on in the running loop, anew whenever it returns or fails, until cancelled.

    The caller keeps the task, and cancels and awaits it at the end.
    """
    return asyncio.get_running_loop().create_task(_kept(name, run), name=name)


async def _kept(name: str, run: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await run()
        # Whatever ended it, the process is not whole without it.
        except Exception as error:
            log.exception("task_ended", task=name, error=type(error).__name__)
        else:
            log.error("task_ended", task=name, error=None)
        await asyncio.sleep(PAUSE_SECONDS)
