"""Letting the loop look after everything else between two requests that have just arrived."""

import asyncio
from collections import deque


class Turns:
    """One request begins in each turn of the event loop, in the order of their coming.

    Hundreds that arrive at once would else be worked on in a single turn as far as each gets
    without waiting: for seconds no liveness is told, no answer of a server read, and what was
    bounded by the clock is late.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._given = False

    async def mine(self) -> None:
        """Wait until it is the caller's turn; at once if none has begun in this one."""
        loop = asyncio.get_running_loop()
        if not self._given:
            self._given = True
            loop.call_soon(self._next)
            return
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _next(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                asyncio.get_running_loop().call_soon(self._next)
                return
        self._given = False
