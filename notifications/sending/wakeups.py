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
            # A subscription over a dead connection waits like one to which nothing is sent.
            await redis().ping()
            async with redis().pubsub() as subscription:
                await subscription.subscribe(WAKE_CHANNEL)
                hearing.worked()
                # What was said while nobody listened is not repeated.
                wake()
                while True:
                    if await subscription.get_message(
                        ignore_subscribe_messages=True, timeout=LISTEN_SECONDS
                    ):
                        wake()
        except (RedisError, OSError) as error:
            if not is_outage(error):
                hearing.failed(type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)
