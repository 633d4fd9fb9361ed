"""How many pieces of work go on at once in a process, and how many may wait."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from backend.errors import ServiceError


class Places:
    """A few places, and a queue of `most`; whoever finds no place hears that it is `busy`."""

    def __init__(
        self, at_once: int, *, waiting: int, seconds: float, busy: Callable[[], ServiceError]
    ) -> None:
        self._free = asyncio.Semaphore(at_once)
        self.most, self._seconds, self._busy = waiting, seconds, busy
        self._waiting = 0

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A place for as long as the block takes, after so many seconds at most."""
        if self._waiting >= self.most:
            raise self._busy()
        self._waiting += 1
        try:
            try:
                async with asyncio.timeout(self._seconds):
                    await self._free.acquire()
            except TimeoutError:
                raise self._busy() from None
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._waiting -= 1
