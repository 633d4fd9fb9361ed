"""The worker: claims what is due, sends many at once, records in bulk; any number may run."""

import asyncio
from dataclasses import dataclass

import asyncpg
import structlog
from tortoise.exceptions import BaseORMException

from config import clock
from config.outages import DATABASE
from models import DeliveryStatus
from notifications.channels.attempts import DOUBT_SECONDS, Claimed, Outcome
from notifications.channels.wechat.sending import SEND_SECONDS, permitted
from notifications.sending import claims, gauges, results
from notifications.sending.delivery import deliver
from notifications.sending.wakeups import listen

DATABASE_AWAY = (
    BaseORMException,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""What Tortoise and its driver raise while the database restarts, fails over or is cut off."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How much a worker does at once and how long it waits for what; all times in seconds."""

    at_once: int = 128
    lease: float = SEND_SECONDS + 20
    doubt: float = DOUBT_SECONDS
    poll: float = 1.0
    gather: float = 0.01
    farewell: float = 10.0


class Worker:
    """One process's sender; `run` returns after `stop`, when all that was in flight is recorded."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._sending: set[asyncio.Task[None]] = set()
        self._outcomes: list[Outcome] = []
        self._woken = asyncio.Event()
        self._recordable = asyncio.Event()
        self._stopping = False
        self._drained = False
        self._expire_at = 0.0

    def stop(self) -> None:
        """Claim nothing more; may be called from a signal handler of the loop."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped; what the database refuses meanwhile is tried again."""
        async with asyncio.TaskGroup() as group:
            listener = group.create_task(listen(self._woken))
            group.create_task(self._record_all())
            try:
                while not self._stopping:
                    await self._round()
            finally:
                await asyncio.gather(*self._sending)
                self._drained = True
                self._recordable.set()
                listener.cancel()

    async def _round(self) -> None:
        """Fill the free places; when nothing more is due, wait for a signal or the next look."""
        self._woken.clear()
        free = self._pace.at_once - len(self._sending)
        # Few large claims cost less than many small ones.
        if free < self._pace.at_once // 2:
            await self._rest()
            return
        try:
            await self._expire_leases()
            # While WeChat is left alone, nothing is claimed; afterwards one message at first.
            most = permitted(free)
            claimed, touched = await claims.claim(most, lease_seconds=self._pace.lease)
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

    async def _expire_leases(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._expire_at:
            return
        self._expire_at = now + self._pace.poll
        if expired := await claims.expire(doubt_seconds=self._pace.doubt):
            log.warning("deliveries_interrupted", count=expired)

    def _start(self, claimed: Claimed) -> None:
        task = asyncio.get_running_loop().create_task(self._send(claimed))
        self._sending.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if len(self._sending) <= self._pace.at_once // 2:
            self._woken.set()

    async def _send(self, claimed: Claimed) -> None:
        outcome = await deliver(claimed, doubt=self._pace.doubt)
        gauges.DELIVERIES.labels(claimed.template, outcome.status, outcome.reaction).inc()
        if outcome.status is DeliveryStatus.SENT:
            age = clock.now() - claimed.created_at
            gauges.HANDED_OVER.observe(age.total_seconds())
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
                self._woken.set()

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
