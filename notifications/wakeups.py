"""Hearing that new deliveries are due, while Redis is there to say it."""

import asyncio

import structlog

from config.redis import RedisError, redis
from notifications.outbox import WAKE_CHANNEL

RETRY_SECONDS = 1.0
LISTEN_SECONDS = 30.0

log = structlog.get_logger(__name__)


async def listen(woken: asyncio.Event) -> None:
    """Set `woken` at each signal, until cancelled; without Redis the worker's own pace remains."""
    away = False
    while True:
        try:
            # An ear that is deaf waits like one that hears nothing.
            await redis().ping()
            async with redis().pubsub() as ear:
                await ear.subscribe(WAKE_CHANNEL)
                if away:
                    log.info("wakeups_heard_again")
                away = False
                # What was said while nobody listened is not repeated.
                woken.set()
                while True:
                    if await ear.get_message(
                        ignore_subscribe_messages=True, timeout=LISTEN_SECONDS
                    ):
                        woken.set()
        except (RedisError, OSError) as error:
            if not away:
                log.warning("wakeups_not_heard", error=type(error).__name__)
            away = True
            await asyncio.sleep(RETRY_SECONDS)
