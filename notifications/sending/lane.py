"""A lane: the deliveries of one channel, claimed and sent beside those of the others.

Each has its own places, claims and waits, so that a channel that is slow or away holds up no other.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from config import clock
from config.outages import DATABASE
from models import Channel, DeliveryStatus
from notifications.channels.attempts import DOUBT_SECONDS, Claimed, Outcome
from notifications.sending import claims, gauges
from notifications.sending.away import DATABASE_AWAY
from notifications.sending.delivery import SENDERS, deliver


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How much a worker does at once and how long it waits for what; all times in seconds.

    Unless given, the places are as many as the channel has, and a lease as long as an attempt of
    it may take, and longer.
    """

    at_once: int | None = None
    lease: float | None = None
    doubt: float = DOUBT_SECONDS
    poll: float = 1.0
    gather: float = 0.01
    farewell: float = 10.0


_AFTER_DEADLINE_SECONDS = 20.0


class Lane:
    """One channel's part of a worker; what becomes of each attempt is handed to `ended`."""

    def __init__(self, channel: Channel, pace: Pace, ended: Callable[[Outcome], None]) -> None:
        self._channel = channel
        self._sender = SENDERS[channel]
        self._pace = pace
        self._places = pace.at_once or self._sender.AT_ONCE
        self._lease = pace.lease or self._sender.SEND_SECONDS + _AFTER_DEADLINE_SECONDS
        self._ended = ended
        self._sending: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Look for what is due, now."""
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped, and until all that was in flight has ended."""
        try:
            while not self._stopping:
                await self._round()
        finally:
            await asyncio.gather(*self._sending)

    async def _round(self) -> None:
        """Fill the free places; when nothing more is due, wait for a signal or the next look."""
        self._woken.clear()
        free = self._places - len(self._sending)
        # Few large claims cost less than many small ones.
        if free < self._places // 2:
            await self._rest()
            return
        try:
            # While its server is left alone, nothing is claimed; afterwards one message at first.
            most = self._sender.permitted(free)
            claimed, touched = await claims.claim(self._channel, most, lease_seconds=self._lease)
        except DATABASE_AWAY as error:
            DATABASE.failed(type(error).__name__, "deliveries")
            await asyncio.sleep(self._pace.poll)
            return
        DATABASE.worked("deliveries")
        for each in claimed:
            self._start(each)
        if touched < free:
            await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._pace.poll):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _start(self, claimed: Claimed) -> None:
        task = asyncio.get_running_loop().create_task(self._send(claimed))
        self._sending.add(task)
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if len(self._sending) <= self._places // 2:
            self._woken.set()

    async def _send(self, claimed: Claimed) -> None:
        outcome = await deliver(claimed, doubt=self._pace.doubt)
        told = (claimed.channel, claimed.template, outcome.status, outcome.reaction)
        gauges.DELIVERIES.labels(*told).inc()
        if outcome.status is DeliveryStatus.SENT:
            age = clock.now() - claimed.ready_at
            gauges.HANDED_OVER.labels(claimed.channel).observe(age.total_seconds())
        self._ended(outcome)
