"""The outbox: a message and its deliveries are rows written in the transaction of the change."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config import encoding
from config.database import connection
from config.redis import RedisError, redis
from models import uuid7
from notifications.telling import statements

WAKE_CHANNEL = "yikou:deliveries"
"""Redis channel that tells the workers of new deliveries; its content says nothing."""

SETTLE_SECONDS = 0.02
"""How long signals are gathered; a commit shortly after `wake` is still in time."""

_WAKE_EVERY_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What a resident is told of a change: the inbox line, and its copy by a WeChat template.

    `at` is when it changed.
    """

    resident_id: UUID
    at: datetime
    kind: str
    title: str
    body: str
    case_id: UUID | None = None
    appointment_id: UUID | None = None
    template: str
    page: str
    data: dict[str, str]


def payload(outgoing: Outgoing) -> str:
    """Write the message with fresh ids as the JSON text that `message_rows` takes."""
    values: dict[str, Any] = {
        "message_id": uuid7(),
        "delivery_id": uuid7(),
        "at": outgoing.at,
        "resident_id": outgoing.resident_id,
        "kind": outgoing.kind,
        "title": outgoing.title,
        "body": outgoing.body,
        "case_id": outgoing.case_id,
        "appointment_id": outgoing.appointment_id,
        "template": outgoing.template,
        "page": outgoing.page,
        "data": outgoing.data,
    }
    return encoding.dumps(values).decode()


async def enqueue(outgoing: Outgoing) -> None:
    """Write the message and its delivery in the current transaction; call `wake` after commit."""
    await connection().execute_query_dict(statements.ENQUEUE, [payload(outgoing)])


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
    """Tell the workers, without waiting, that deliveries are due; never fails.

    Call it in a running event loop, after the commit or right before it. A lost wake-up costs a
    second: the workers also look by themselves.
    """
    _waker.wake()
