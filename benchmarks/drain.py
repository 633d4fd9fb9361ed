"""Emptying a queue of deliveries into a stand-in: by our worker, and by the peer's bare sender."""

import asyncio
import time
from dataclasses import dataclass, field
from statistics import median

import asyncpg

from benchmarks import ids
from benchmarks.ids import Kind
from benchmarks.stage import Stage, running, wait_until_ready
from config import database
from config.redis import redis
from notifications.telling.outbox import WAKE_CHANNEL

DELIVERIES = 10_000
_PATIENCE = 120.0
_LOOK = 0.05

# Each to another resident, who accepted one message of this kind.
_QUEUE = f"""
WITH person AS (
    SELECT ('{ids.prefix(Kind.RESIDENT)}' || n)::uuid AS id, uuidv7() AS message_id
    FROM generate_series({ids.FIRST}, {ids.FIRST} + $1::bigint - 1) AS n
), credit AS (
    INSERT INTO subscription_credit (id, created_at, resident_id, template, hints, grants, spent)
    SELECT uuidv7(), now(), id, 'case_progress', 0, 1, 0 FROM person
    ON CONFLICT (resident_id, template) DO UPDATE SET grants = subscription_credit.spent + 1
), line AS (
    INSERT INTO message (id, created_at, recipient, resident_id, kind, title, body)
    SELECT message_id, now(), 'resident', id, 'case.accept', '已受理', '您的申请已受理。'
    FROM person
)
INSERT INTO delivery (id, created_at, message_id, channel, resident_id, template, page, data,
                      status, attempts, due_at, expires_at)
SELECT uuidv7(), now(), message_id, 'wechat', id, 'case_progress', 'pages/case/detail',
       '{{"thing1": "失业登记", "character_string2": "210102202611200000010", "phrase3": "已受理",
         "time4": "2026-11-20 09:00", "thing5": "请留意后续通知"}}', 'pending', 0, now(),
       now() + interval '1 day'
FROM person
"""
_SETTLE = "UPDATE delivery SET status = 'sent' WHERE status <> 'sent'"
_LEFT = "SELECT count(*) FROM delivery WHERE status <> 'sent'"
_ANY_LEFT = "SELECT EXISTS (SELECT 1 FROM delivery WHERE status <> 'sent')"
_FAILED = (
    "SELECT EXISTS (SELECT 1 FROM delivery WHERE status NOT IN ('pending', 'sending', 'sent'))"
)


@dataclass
class Drain:
    """Deliveries a second by round; `fault` says why they are not valid."""

    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    fault: str = ""

    @property
    def times_peer(self) -> float:
        """How many ours sends while the peer sends one."""
        return median(self.ours) / median(self.peer)


async def drain(stage: Stage, *, rounds: int) -> Drain:
    """Queue DELIVERIES, wake the running worker, and look until all are sent."""
    figures = Drain()
    single = await database.single(stage.owner_url)
    stand_in = running(stage, "stand_in", ["benchmarks.stand_in"], core=stage.cores.other)
    try:
        with stand_in as child:
            wait_until_ready(stage, child, "stand_in", stage.wechat_port)
            await single.execute(_SETTLE)
            await single.execute("VACUUM ANALYZE delivery")
            for _ in range(rounds):
                figures.ours.append(await _ours(stage, single))
                figures.peer.append(await _peer(stage, single))
    except DrainFailed as error:
        figures.fault = str(error)
    finally:
        await single.close()
        await redis().aclose()
    return figures


class DrainFailed(Exception):
    """Not all was sent."""


async def _ours(stage: Stage, single: asyncpg.Connection) -> float:
    with running(stage, "worker", ["miniprogram_api", "worker"], core=stage.cores.measured):
        await single.execute(_QUEUE, 1)
        await _until_sent(single)
        await single.execute(_QUEUE, DELIVERIES)
        started = time.perf_counter()
        await redis().publish(WAKE_CHANNEL, "")
        await _until_sent(single)
        return DELIVERIES / (time.perf_counter() - started)


async def _peer(stage: Stage, single: asyncpg.Connection) -> float:
    await single.execute(_QUEUE, DELIVERIES)
    with running(stage, "sender", ["benchmarks.peer.sender"], core=stage.cores.measured):
        # It sends from its start, so its clock runs from the first batch on.
        left = await _begun(single)
        started = time.perf_counter()
        await _until_sent(single)
        return left / (time.perf_counter() - started)


async def _begun(single: asyncpg.Connection) -> int:
    """How many are left once the first is sent."""
    while True:
        left: int = await single.fetchval(_LEFT)
        if left < DELIVERIES:
            return left
        await asyncio.sleep(_LOOK)


async def _until_sent(single: asyncpg.Connection) -> None:
    deadline = time.monotonic() + _PATIENCE
    while await single.fetchval(_ANY_LEFT):
        if await single.fetchval(_FAILED) or time.monotonic() > deadline:
            raise DrainFailed(f"{await single.fetchval(_LEFT)} deliveries were not sent")
        await asyncio.sleep(_LOOK)
