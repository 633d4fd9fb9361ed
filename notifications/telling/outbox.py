"""The outbox: messages and their deliveries are rows written in the transaction of the change."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config import encoding
from config.database import connection
from config.redis import RedisError, redis
from models import DropReason, Importance
from notifications.telling import statements
from notifications.telling.recipients import Recipient

WAKE_CHANNEL = "yikou:deliveries"
"""Redis channel that tells the workers of new deliveries, and web processes of what staff hear.

Its content says nothing."""

SETTLE_SECONDS = 0.02
"""How long signals are gathered; a commit shortly after `wake` is still in time."""

_WAKE_EVERY_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A message as one of WeChat's templates says it; it goes to residents only.

    It leaves `reserve` credits of the template for what matters more.
    """

    template: str
    page: str
    data: dict[str, str]
    reserve: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What somebody is told of a change: the inbox line, and its copy over WeChat if any.

    `at` is when it changed; `by_staff_id` is who of the staff made it, and is not told. `wording`
    is the version of the words. A resident who gets no copy is told nowhere else for the reason
    `dropped`. A copy is held back until `held_until`, and those that wait of what it `ends`, of the
    same case or appointment, are dropped.
    """

    to: Recipient
    at: datetime
    kind: str
    importance: Importance
    wording: str
    title: str
    body: str
    case_id: UUID | None = None
    appointment_id: UUID | None = None
    by_staff_id: UUID | None = None
    copy: Copy | None = None
    dropped: DropReason | None = None
    held_until: datetime | None = None
    ends: frozenset[Importance] = frozenset()


def payload(*outgoing: Outgoing) -> str:
    """Write the messages as the JSON text that `message_rows` takes."""
    return encoding.dumps([_values(each) for each in outgoing]).decode()


def _values(outgoing: Outgoing) -> dict[str, Any]:
    values: dict[str, Any] = {
        **outgoing.to.columns,
        "by_staff_id": outgoing.by_staff_id,
        "at": outgoing.at,
        "kind": outgoing.kind,
        "importance": outgoing.importance,
        "wording": outgoing.wording,
        "title": outgoing.title,
        "body": outgoing.body,
        "case_id": outgoing.case_id,
        "appointment_id": outgoing.appointment_id,
        "held_until": outgoing.held_until,
        "ends": sorted(outgoing.ends),
    }
    if copy := outgoing.copy:
        values |= {
            "template": copy.template,
            "page": copy.page,
            "data": copy.data,
            "reserve": copy.reserve,
        }
    elif outgoing.dropped:
        values |= {"template": "", "page": "", "data": {}, "reserve": 0, "reason": outgoing.dropped}
    return values


async def enqueue(*outgoing: Outgoing) -> None:
    """Write the messages and their copies in the current transaction; call `wake` after commit."""
    await connection().execute_query_dict(statements.ENQUEUE, [payload(*outgoing)])


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
