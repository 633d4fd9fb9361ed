"""Idempotency on the wire: how a keyed POST finds its first answer again."""

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable
from enum import Enum

from sanic import Request
from tortoise.transactions import in_transaction

from backend.errors import Conflict, Invalid, ServiceError, Unauthenticated
from backend.http.answers import REPLAYED, Answer, encode
from backend.idempotency import keys
from backend.idempotency.keys import Answered, Once
from notifications import outbox

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


def asked(request: Request, owner: str, *, required: bool) -> Once | None:
    """The request's key, if it has one; Invalid where it is required or malformed."""
    key = request.headers.get("idempotency-key")
    if key is None:
        if required:
            raise Invalid("缺少 Idempotency-Key 请求头", code="idempotency_key_missing")
        return None
    if not re.fullmatch(PATTERN, key):
        raise Invalid("Idempotency-Key 应为 1 到 100 个可见字符", code="idempotency_key_invalid")
    return keys.once(owner, key, method=request.method, path=request.path, body=request.body)


async def run(keyed: Keyed, once: Once | None, handle: Callable[[], Awaitable[Answer]]) -> Answer:
    """The handler's answer, or the first answer to the same key."""
    if once is None or keyed is Keyed.NO:
        return await handle()
    if keyed is Keyed.ATOMIC:
        return await _atomic(once, handle)
    if keyed is Keyed.OWN:
        return await _own(once, handle)
    return await _after(once, handle)


async def _atomic(once: Once, handle: Callable[[], Awaitable[Answer]]) -> Answer:
    async with in_transaction() as within:
        if (first := await keys.claim(once, within)) is not None:
            return _again(first)
        answer = await handle()
        await keys.store(once, answer.status, encode(answer.body), within)
    # The handler woke the workers too early: only now can they see what it wrote.
    outbox.wake()
    return answer


async def _own(once: Once, handle: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        return await handle()
    except Unauthenticated:
        raise  # a caller who has gone gets no answer of before
    except ServiceError:
        # A repetition runs into the effect of the first request; then that one's answer counts.
        if (first := await keys.answered(once)) is not None:
            return _again(first)
        raise


async def _after(once: Once, handle: Callable[[], Awaitable[Answer]]) -> Answer:
    """Whoever comes second waits a while for the first one's answer, or runs if that one failed."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while (holder := await keys.hold(once)) is None:
        try:
            if (first := await keys.answered(once)) is not None:
                return _again(first)
        except Conflict:
            if time.monotonic() > patience:
                raise
        await asyncio.sleep(LOOK_SECONDS)
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


def _again(first: Answered) -> Answer:
    return Answer(first.body or None, first.status, headers={REPLAYED: "true"})
