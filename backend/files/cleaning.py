"""Having files cleaned: two at once at most, one of a person, in processes of their own."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from structlog import get_logger

from backend.files.contents import FILE_BYTES, Cleaned
from backend.files.helpers import Helpers
from backend.files.refusals import (
    FileTooLarge,
    FileTypeRefused,
    ImageTooLarge,
    PdfEncrypted,
    UploadsBusy,
)

AT_ONCE = 2
WAITING = 24
# As many pictures as a phone lets its owner choose at once.
WAITING_OF_ONE = 9
# Once so many wait, a person's first file only: the rest is for those who have none yet.
CROWDED = 12
WAIT_SECONDS = 20.0
# The helpers give way to whoever else works on the machine.
CLEAN_SECONDS = 30.0
BUSY_SECONDS = 10

log = get_logger()
_places = asyncio.Semaphore(AT_ONCE)
_turns: dict[UUID, asyncio.Lock] = {}
_waiting: Counter[UUID] = Counter()
helpers = Helpers("backend.files.workshop")
_REFUSALS = {
    refusal.code: refusal
    for refusal in (FileTooLarge, FileTypeRefused, ImageTooLarge, PdfEncrypted)
}
"""What the workshop may refuse."""


async def clean(content: bytes, owner: UUID) -> Cleaned:
    """JPEG, PNG and WebP drawn anew upright without metadata, PDF written anew; else refused.

    FileTooLarge beyond 10 MiB, ImageTooLarge beyond 25 megapixels; PdfEncrypted; FileTypeRefused
    for any other, broken or hostile content; UploadsBusy while too many wait. One owner's files are
    cleaned one after the other, and a few owners can't fill the queue, so that nobody takes every
    place.
    """
    if len(content) > FILE_BYTES:
        raise FileTooLarge
    async with _place(owner):
        return await _cleaned(content)


@asynccontextmanager
async def _place(owner: UUID) -> AsyncIterator[None]:
    most = CROWDED if _waiting[owner] else WAITING
    if _waiting[owner] >= WAITING_OF_ONE or _waiting.total() >= most:
        raise UploadsBusy(retry_after=BUSY_SECONDS)
    _waiting[owner] += 1
    turn = _turns.setdefault(owner, asyncio.Lock())
    try:
        async with contextlib.AsyncExitStack() as held:
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    await held.enter_async_context(turn)
                    await held.enter_async_context(_places)
            except TimeoutError:
                raise UploadsBusy(retry_after=BUSY_SECONDS) from None
            yield
    finally:
        _waiting[owner] -= 1
        if not _waiting[owner]:
            del _waiting[owner], _turns[owner]


async def _cleaned(content: bytes) -> Cleaned:
    try:
        told, clean = await helpers.ask(content, seconds=CLEAN_SECONDS)
    except (TimeoutError, OSError) as error:
        # The machine was too busy, or the helper was ended: no fault of the file, whose own
        # cost is bounded in seconds of the processor.
        log.warning("file_not_cleaned", error=type(error).__name__)
        raise UploadsBusy(retry_after=BUSY_SECONDS) from None
    if "failed" in told:
        log.warning("file_not_cleaned", status=told["failed"])
        raise FileTypeRefused("文件无法处理，请重新拍摄或导出后再上传")
    if "code" in told:
        raise _REFUSALS[told["code"]](told["detail"])
    return Cleaned(clean, told["media_type"], told["sha256"])
