"""Idempotency on the wire: how a keyed POST finds its first answer again."""

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any
from uuid import UUID

from sanic import Request
from tortoise.transactions import in_transaction

from backend.errors import ServiceError, Unauthenticated
from backend.http import headers
from backend.http.answers import REPLAYED, Answer, encode
from backend.idempotency import keys
from backend.idempotency.keys import Answered, Once
from backend.idempotency.refusals import (
    IdempotencyKeyInFlight,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
)
from notifications.telling import outbox

PATIENCE_SECONDS = 5.0
LOOK_SECONDS = 0.05
LET_GO_SECONDS = 1.0

PATTERN = r"^[\x21-\x7e]{1,100}$"


class Keyed(Enum):
    """How a POST is made safe to repeat.

    ATOMIC: effect and answer in one transaction here. OWN: the operation stores the answer itself,
    in its one statement or transaction. AFTER: the effect talks to the outside, so the key is held
    meanwhile and the answer stored after it.
    """

    NO = "no"
    ATOMIC = "atomic"
    OWN = "own"
    AFTER = "after"


def asked(
    request: Request, owner: str, *, required: bool, seen: int, mandate_id: UUID | None = None
) -> Once | None:
    """The request's key, if it has one; IdempotencyKeyMissing or IdempotencyKeyInvalid.

    `seen` is the version that the route's If-Match names, 0 where it takes none. Asked under
    another mandate, or under none, it is another request.
    """
    key = headers.value(request, "idempotency-key")
    if key is None:
        if required:
            raise IdempotencyKeyMissing
        return None
    if not re.fullmatch(PATTERN, key):
        raise IdempotencyKeyInvalid
    path = f"{request.path} {mandate_id}" if mandate_id else request.path
    return keys.once(owner, key, method=request.method, path=path, body=request.body, seen=seen)


Handle = Callable[[], Awaitable[Answer[Any]]]


async def run(keyed: Keyed, once: Once | None, handle: Handle, *, seconds: float) -> Answer[Any]:
    """The handler's answer, or the first answer to the same key; `seconds` is the request's time.

    Whoever comes second waits a while for the first one's answer, or runs if that one failed;
    IdempotencyKeyInFlight after it.
    """
    if once is None or keyed is Keyed.NO:
        return await handle()
    if keyed is Keyed.OWN:
        return await _own(once, handle)
    attempt = _atomic if keyed is Keyed.ATOMIC else _after
    # Half is left for who must run after all.
    patience = time.monotonic() + min(PATIENCE_SECONDS, seconds / 2)
    while (answer := await attempt(once, handle)) is None:
        if time.monotonic() > patience:
            raise IdempotencyKeyInFlight
        await asyncio.sleep(LOOK_SECONDS)
    return answer


async def _atomic(once: Once, handle: Handle) -> Answer[Any] | None:
    """None while another holds the key; who waits keeps no connection."""
    async with in_transaction() as within:
        held = await keys.claim(once, within)
        # Only then: whoever held the key before us has stored the answer by now.
        if (first := await keys.answered(once)) is not None:
            return _again(first)
        if not held:
            return None
        answer = await handle()
        await keys.store(once, answer.status, encode(answer.body), within)
    # The handler woke the workers too early: only now can they see what it wrote.
    outbox.wake()
    return answer


async def _own(once: Once, handle: Handle) -> Answer[Any]:
    try:
        return await handle()
    except Unauthenticated:
        raise  # a caller who has gone gets no answer of before
    except ServiceError:
        # A repetition runs into the effect of the first request; then that one's answer counts.
        if (first := await keys.answered(once)) is not None:
            return _again(first)
        raise


async def _after(once: Once, handle: Handle) -> Answer[Any] | None:
    """None while another holds the key."""
    if (holder := await keys.hold(once)) is None:
        first = await keys.answered(once)
        return _again(first) if first is not None else None
    try:
        answer = await handle()
        body = encode(answer.body)
    except BaseException:
        # Also when the client has gone: a key that nobody works for must not wait to expire.
        await _let_go(once, holder)
        raise
    await asyncio.shield(keys.finish(once, holder, status=answer.status, body=body))
    return answer


async def _let_go(once: Once, holder: bytes) -> None:
    """Give the key back, if the database takes it soon; else it is free after HELD_SECONDS."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(LET_GO_SECONDS):
            await asyncio.shield(keys.let_go(once, holder))


def _again(first: Answered) -> Answer[Any]:
    return Answer(first.body or None, first.status, headers={REPLAYED: "true"})
