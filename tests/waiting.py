"""Knowing that somebody waits, or is told, instead of guessing how long that takes."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import pytest

from config.redis import redis
from notifications.telling import outbox

T = TypeVar("T")


async def held_up(by: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Return once somebody waits for what this connection has locked in the test's database."""
    waiting = (
        "SELECT EXISTS (SELECT FROM pg_stat_activity"
        " WHERE datname = current_database() AND $1 = ANY (pg_blocking_pids(pid)))"
    )
    async with asyncio.timeout(60):
        while not await by.fetchval(waiting, by.get_server_pid()):
            await asyncio.sleep(0.01)
            # A transaction sees who is connected as of its first look.
            await by.execute("SELECT pg_stat_clear_snapshot()")


async def blocked(
    by: "asyncpg.Connection[asyncpg.Record]", many: int, *, unless: asyncio.Future[Any]
) -> None:
    """Return once so many wait for locks in the test's database, or this has ended instead."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(60):
        while await by.fetchval(waiting) < many and not unless.done():
            await asyncio.sleep(0.01)
            await by.execute("SELECT pg_stat_clear_snapshot()")


@contextmanager
def wakes_of_its_own() -> Iterator[str]:
    """Wake over a channel of our own: others hear one of Redis in all its databases."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(outbox, "WAKE_CHANNEL", channel := f"{outbox.WAKE_CHANNEL}:{uuid4()}")
        yield channel


async def woken(act: Awaitable[T]) -> T:
    """What comes of the act; fails unless it tells the workers that there is something to send."""
    if (before := outbox._waker._task) and not before.done():  # noqa: SLF001 - what it still says
        await before
    with wakes_of_its_own() as channel:
        async with redis().pubsub() as heard:
            await heard.subscribe(channel)
            await heard.get_message(timeout=30)
            result = await act
            assert await heard.get_message(ignore_subscribe_messages=True, timeout=5), "nobody woke"
    return result
