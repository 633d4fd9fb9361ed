"""Letting the loop look after everything else between requests that have just arrived."""

import asyncio
from collections import deque
from time import monotonic

SLICE_SECONDS = 0.005
# After a slice that was used up: the loop that we serve on (libuv's) lets in one new connection in
# each turn, and sixty at once would keep the next one, which asks whether we live, for as many.
EMPTY_TURNS = 16


class Turns:
    """In each turn of the event loop requests begin for a few milliseconds, as they have come.

    Hundreds that arrive at once would else be worked on in a single turn as far as each gets
    without waiting: for seconds no liveness is told, no answer of a server read, and what was
    bounded by the clock is late. Ordinary ones are begun in less than a millisecond, and to wait
    for a turn of its own costs each a tenth of that.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        # When the first request began in the present turn, if one has; how many turns follow it, if
        # it was long, in which none does.
        self._began: float | None = None
        self._empty = 0

    async def mine(self) -> None:
        """Wait until it is the caller's turn; at once while the loop's present one is young."""
        loop = asyncio.get_running_loop()
        if self._began is None:
            self._begin(loop)
        elif self._waiting or self._is_over():
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            await turn

    def _is_over(self) -> bool:
        return self._began is not None and monotonic() - self._began > SLICE_SECONDS

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._began, self._empty = monotonic(), EMPTY_TURNS
        loop.call_soon(self._next)

    def _next(self) -> None:
        if self._empty and self._is_over():
            self._empty -= 1
            asyncio.get_running_loop().call_soon(self._next)
            return
        self._began = None
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._begin(asyncio.get_running_loop())
                return
