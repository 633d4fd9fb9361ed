"""The connections to PostgreSQL that a process shares among all that it does at once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import cast

from tortoise.exceptions import DBConnectionError

from config.connection import Connection

# For a connection that is free, or a new one.
ACQUIRE_SECONDS = 3.0
# Those that were not needed for so long are closed, but for the least that are kept.
SPARE_SECONDS = 300.0
CLOSE_SECONDS = 3.0

Open = Callable[[], Awaitable[Connection]]


class Pool:
    """At most so many connections at once, borrowed one after the other.

    asyncpg's own takes four times as long to lend one as PostgreSQL needs for a row by its id: a
    proxy, a future and several timers for each statement.
    """

    def __init__(self, opening: Open, *, least: int, most: int) -> None:
        self._open, self._least, self._most = opening, least, most
        self._all: set[Connection] = set()
        self._opening: set[asyncio.Task[Connection]] = set()
        # The one that was given back last is lent first.
        self._free: list[Connection] = []
        # How many were free all the time since they were last looked at.
        self._spare = 0
        self._look: asyncio.TimerHandle | None = None
        # Each is told the connection that is now its own, or None where one may be opened.
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._closing: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Open as many as are always kept."""
        try:
            for connection in [await self._opened() for _ in range(self._least)]:
                self.release(connection)
        except BaseException:
            self.terminate()
            raise

    def free(self) -> Connection | None:
        """One that is free, for the caller alone until `release`; None if all are lent."""
        while self._free:
            connection = self._free.pop()
            self._spare = min(self._spare, len(self._free))
            if not connection.is_closed():
                return connection
            self._all.discard(connection)
        return None

    async def acquire(self) -> Connection:
        """The same, waited for or opened; DBConnectionError if there is none in time."""
        if (found := self.free()) is not None:
            return found
        try:
            async with asyncio.timeout(ACQUIRE_SECONDS):
                while len(self._all) + len(self._opening) >= self._most:
                    if (given := await self._turn()) is not None:
                        return given
                return await self._opened()
        except TimeoutError as error:
            raise DBConnectionError("no connection in time") from error

    def release(self, connection: Connection) -> None:
        """Let others have it, or forget it where it is of no use any more.

        Nothing else is to be reset: nobody uses a session's state. One whose statement is being
        broken off still counts as lent.
        """
        if (ending := connection.breaking_off) is not None and not ending.done():
            ending.add_done_callback(lambda _: self.release(connection))
        elif connection.is_closed() or connection.is_in_transaction():
            connection.terminate()
            self._all.discard(connection)
            self._give(None)
        elif not self._give(connection):
            self._free.append(connection)

    async def close(self) -> None:
        """Close all, each when it has been given back."""
        while len(self._all) + len(self._opening) > len(self._free):
            if (given := await self._turn()) is not None:
                self._free.append(given)
        await asyncio.gather(*map(_closed, self._free))
        self.terminate()

    def terminate(self) -> None:
        """Leave all at once, whoever has them."""
        if self._look is not None:
            self._look.cancel()
        for opening in self._opening:
            opening.cancel()
        for connection in self._all:
            connection.terminate()
        self._all.clear()
        self._free.clear()

    async def _opened(self) -> Connection:
        """A new one; if its caller goes away meanwhile, it is opened all the same, for others."""
        opening = asyncio.get_running_loop().create_task(self._open_one())
        self._opening.add(opening)
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(self._release_opened)
            raise

    async def _open_one(self) -> Connection:
        opening = cast("asyncio.Task[Connection]", asyncio.current_task())
        try:
            connection = await self._open()
        except BaseException:
            self._opening.discard(opening)
            self._give(None)
            raise
        self._opening.discard(opening)
        self._all.add(connection)
        if len(self._all) > self._least and self._look is None:
            self._look_later()
        return connection

    def _release_opened(self, opening: asyncio.Task[Connection]) -> None:
        if not opening.cancelled() and opening.exception() is None:
            self.release(opening.result())

    async def _turn(self) -> Connection | None:
        turn: asyncio.Future[Connection | None]
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except BaseException:
            # It may have been given to us in the same moment.
            if not turn.cancelled():
                given = turn.result()
                self._give(None) if given is None else self.release(given)
            raise

    def _give(self, connection: Connection | None) -> bool:
        """Give it to who has waited longest; False if nobody waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._look = loop.call_later(SPARE_SECONDS, self._close_spare)

    def _close_spare(self) -> None:
        """Close those that nobody has needed since the last time."""
        self._look = None
        count = max(0, min(self._spare, len(self._all) - self._least))
        spare, self._free = self._free[:count], self._free[count:]
        for connection in spare:
            self._all.discard(connection)
            closing = asyncio.get_running_loop().create_task(_closed(connection))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        self._spare = len(self._free)
        if len(self._all) > self._least:
            self._look_later()


async def _closed(connection: Connection) -> None:
    try:
        await connection.close(timeout=CLOSE_SECONDS)
    # Its server may be away; nobody needs it any more.
    except Exception:  # noqa: BLE001
        connection.terminate()
