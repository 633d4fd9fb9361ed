"""The worker: claims what is due, sends many at once, records in bulk; any number may run."""

import asyncio
from contextlib import suppress

import structlog

from config.outages import DATABASE
from notifications.channels.attempts import Outcome
from notifications.sending import claims, results
from notifications.sending.away import DATABASE_AWAY
from notifications.sending.delivery import in_use
from notifications.sending.lane import Lane, Pace
from notifications.sending.wakeups import listen

log = structlog.get_logger(__name__)


class Worker:
    """One process's sender; `run` returns after `stop`, when all that was in flight is recorded."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._lanes = [Lane(channel, self._pace, self._take) for channel in in_use()]
        self._outcomes: list[Outcome] = []
        self._recordable = asyncio.Event()
        self._stopping = False
        self._drained = False
        self._ended = asyncio.Event()

    def stop(self) -> None:
        """Claim nothing more; may be called from a signal handler of the loop."""
        self._stopping = True
        for lane in self._lanes:
            lane.stop()

    async def run(self) -> None:
        """Send until stopped; what the database refuses meanwhile is tried again."""
        async with asyncio.TaskGroup() as group:
            listener = group.create_task(listen(self._wake))
            group.create_task(self._expire_leases())
            group.create_task(self._record_all())
            try:
                async with asyncio.TaskGroup() as lanes:
                    for lane in self._lanes:
                        lanes.create_task(lane.run())
            finally:
                self._drained = True
                self._recordable.set()
                self._ended.set()
                listener.cancel()

    def _wake(self) -> None:
        for lane in self._lanes:
            lane.wake()

    async def _expire_leases(self) -> None:
        """Give up the leases of who died, also where nothing may be claimed."""
        while not self._ended.is_set():
            try:
                expired = await claims.expire(doubt_seconds=self._pace.doubt)
            except DATABASE_AWAY as error:
                DATABASE.failed(type(error).__name__, "leases")
            else:
                DATABASE.worked("leases")
                if expired:
                    log.warning("deliveries_interrupted", count=expired)
                    self._wake()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.poll):
                    await self._ended.wait()

    def _take(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._recordable.set()

    async def _record_all(self) -> None:
        while not self._drained or self._outcomes:
            await self._recordable.wait()
            self._recordable.clear()
            if not self._drained:
                await asyncio.sleep(self._pace.gather)
            batch, self._outcomes = self._outcomes, []
            if batch:
                await self._record(batch)
                # Their residents may have more waiting.
                self._wake()

    async def _record(self, batch: list[Outcome]) -> None:
        """Insist: an outcome that is not recorded makes a sent message look unsent."""
        loop = asyncio.get_running_loop()
        given_up: float | None = None
        while given_up is None or loop.time() < given_up:
            try:
                written = await results.record(batch)
            except DATABASE_AWAY as error:
                DATABASE.failed(type(error).__name__, "outcomes")
                await asyncio.sleep(self._pace.poll)
            else:
                DATABASE.worked("outcomes")
                if len(written) < len(batch):
                    log.warning("outcomes_too_late", count=len(batch) - len(written))
                return
            if self._stopping and given_up is None:
                given_up = loop.time() + self._pace.farewell
