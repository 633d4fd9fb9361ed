"""Hearing that new deliveries are due, while Redis is there to say it."""

import asyncio
from collections.abc import Callable

from config.outages import Spell
from config.redis import RedisError, is_outage, redis
from notifications.telling.outbox import WAKE_CHANNEL

RETRY_SECONDS = 1.0
LISTEN_SECONDS = 30.0


async def listen(wake: Callable[[], None]) -> None:
    """Call `wake` at each signal, until cancelled; without Redis the worker's own pace remains."""
    hearing = Spell("wakeups_not_heard", "wakeups_heard_again")
    while True:
        try:
            # An ear that is deaf waits like one that hears nothing.
            await redis().ping()
            async with redis().pubsub() as ear:
                await ear.subscribe(WAKE_CHANNEL)
                hearing.worked()
                # What was said while nobody listened is not repeated.
                wake()
                while True:
                    if await ear.get_message(
                        ignore_subscribe_messages=True, timeout=LISTEN_SECONDS
                    ):
                        wake()
        except (RedisError, OSError) as error:
            if not is_outage(error):
                hearing.failed(type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)
