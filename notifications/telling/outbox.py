"""The outbox: messages and their deliveries are rows written in the transaction of the change."""

import asyncio

from config.database import connection
from config.redis import RedisError, redis
from notifications.telling import family, statements
from notifications.telling.outgoing import Outgoing, payload

WAKE_CHANNEL = "yikou:deliveries"
"""Redis channel that tells the workers of new deliveries, and web processes of what staff hear.

Its content says nothing."""

SETTLE_SECONDS = 0.02
"""How long signals are gathered; a commit shortly after `wake` is still in time."""

_WAKE_EVERY_SECONDS = 0.01


async def enqueue(*outgoing: Outgoing) -> None:
    """Write the messages and their copies in the current transaction; call `wake` after commit.

    Whom a recipient named as family is told that something goes on.
    """
    told = [*outgoing, *await family.told_of(outgoing)]
    await connection().execute_query_dict(statements.ENQUEUE, [payload(*told)])


class _Waker:
    """At most one publish is under way; wakes meanwhile become one more after it."""

    def __init__(self) -> None:
        self._wanted = False
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self._wanted = True
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._task = loop.create_task(self._publish())

    async def _publish(self) -> None:
        while self._wanted:
            # The commit that this is about may still be on its way.
            await asyncio.sleep(SETTLE_SECONDS)
            self._wanted = False
            try:
                await redis().publish(WAKE_CHANNEL, "")
            except (RedisError, OSError):
                return  # the workers look each second without being told
            await asyncio.sleep(_WAKE_EVERY_SECONDS)


_waker = _Waker()


def wake() -> None:
    """Tell the workers that deliveries are due, and staff who listen; never waits, never fails.

    Call it in a running event loop, after the commit or right before it. A lost wake-up costs a
    second: the workers also look by themselves.
    """
    _waker.wake()
