"""The time that a request has, from when all of it has arrived."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from structlog import get_logger

from backend.http import outage
from backend.http.answers import Answer
from backend.http.refusals import DatabaseUnavailable
from backend.refusals import Unavailable
from config.outages import cut_short

SECONDS = 5.0
RETRY_SECONDS = 2
# WeChat has its own bound of eight seconds, and may be asked for a token first.
WECHAT_SECONDS = 25.0
# The store may be far away, and asks again once by itself.
FILE_SECONDS = 30.0
# Less than a key is held for; what is not done by then, a repetition does.
BULK_SECONDS = 30.0
# Files wait for their turn to be cleaned.
UPLOAD_SECONDS = 120.0

log = get_logger()


async def kept(seconds: float, work: Awaitable[Answer[Any]]) -> Answer[Any]:
    """What `work` answers; Unavailable if it takes longer, which ends it.

    What it had begun in a transaction is undone, unless the end met it while it committed; a
    repetition with the same key finds out.
    """
    try:
        async with asyncio.timeout(seconds) as bound:
            return await work
    except TimeoutError as late:
        if not bound.expired():
            raise
        if cut_short(late):
            outage.seen("deadline")
            raise DatabaseUnavailable from late
        log.warning("request_too_slow", seconds=seconds)
        raise Unavailable(retry_after=RETRY_SECONDS) from late
