"""Refusing at once what would wait longer than anybody does, so that what is accepted is answered.

Requests wait with their like: residents, staff, uploads, what asks a server outside, what does
hundreds of things at once. None of these
can keep the others from being served.
"""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import cache
from time import monotonic

from backend.http.refusals import Overloaded
from backend.http.turns import Turns
from config.metrics import Counter
from config.settings import settings

WORTH_SECONDS = 2.0
BULK = "bulk"
# Some of those in work have no connection of the pool at the moment.
PLACES_PER_CONNECTION = 4
# Each is as much work as hundreds of others, and has a connection nearly all the time.
BULK_AT_ONCE = 2
# How much the latest observation counts.
WEIGHT = 0.1

SHED = Counter(
    "yikou_requests_shed_total", "Requests refused because too many were in work", ["queue"]
)


class _Queue:
    """A bounded number of requests in work, and those before it who will soon be."""

    def __init__(self, name: str) -> None:
        given = settings()
        self._name = name
        usual = given.requests_at_once or given.database_pool * PLACES_PER_CONNECTION
        self._places = asyncio.Semaphore(BULK_AT_ONCE if name == BULK else usual)
        self._waiting = 0
        # Seconds between two places that become free while all are taken, and when the last did.
        self._turn = 0.0
        self._last = 0.0

    async def __aenter__(self) -> None:
        """Take a place, or wait for one; Overloaded where that is not worth it."""
        if self._places.locked():
            await self._wait()
        else:
            await self._places.acquire()
            if self._places.locked():
                self._last = monotonic()
        try:
            await _turns.mine()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        """Give the place to the next."""
        self._leave()

    def _leave(self) -> None:
        if self._places.locked():
            now = monotonic()
            took = now - self._last
            # A standstill says nothing of the pace after it.
            if took <= WORTH_SECONDS:
                self._turn += WEIGHT * (took - self._turn)
            self._last = now
        self._places.release()

    async def _wait(self) -> None:
        stuck = monotonic() - self._last > WORTH_SECONDS
        if stuck or self._turn * (self._waiting + 1) > WORTH_SECONDS:
            raise self._refusal()
        self._waiting += 1
        try:
            async with asyncio.timeout(WORTH_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise self._refusal() from None
        finally:
            self._waiting -= 1

    def _refusal(self) -> Overloaded:
        SHED.labels(self._name).inc()
        return Overloaded()


# All kinds together, since they share the loop.
_turns = Turns()


@cache
def _queue(name: str) -> _Queue:
    return _Queue(name)


def place(name: str | None) -> AbstractAsyncContextManager[None]:
    """Hold a place in work for the block; Overloaded where none will soon be free.

    `name` is of the queue; what waits for nothing names none.
    """
    return nullcontext() if name is None else _queue(name)
