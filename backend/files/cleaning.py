"""Having files cleaned: two at once at most, one of a person, in processes of their own."""

import asyncio
import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO
from uuid import UUID

from structlog import get_logger

from backend.files.contents import FILE_BYTES, Cleaned
from backend.files.pieces import receive, send
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
_idle: list["subprocess.Popen[bytes]"] = []
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


@atexit.register
def close() -> None:
    """End the helping processes that wait for work."""
    while _idle:
        _end(_idle.pop())


async def _cleaned(content: bytes) -> Cleaned:
    helper = _idle.pop() if _idle else await asyncio.to_thread(_start)
    asked = asyncio.get_running_loop().run_in_executor(None, _ask, helper, content)
    try:
        async with asyncio.timeout(CLEAN_SECONDS):
            told, clean = await asyncio.shield(asked)
    except BaseException as error:
        # Timed out, cancelled, or the helper has gone: its pipes hold half an answer.
        _kill(helper)
        await asyncio.wait([asked])
        asked.exception()  # it is told already, by `error`
        _end(helper)
        if isinstance(error, TimeoutError | OSError):
            # The machine was too busy, or the helper was ended: no fault of the file, whose own
            # cost is bounded in seconds of the processor.
            log.warning("file_not_cleaned", error=type(error).__name__)
            raise UploadsBusy(retry_after=BUSY_SECONDS) from None
        raise
    _idle.append(helper)
    if "failed" in told:
        log.warning("file_not_cleaned", status=told["failed"])
        raise FileTypeRefused("文件无法处理，请重新拍摄或导出后再上传")
    if "code" in told:
        raise _REFUSALS[told["code"]](told["detail"])
    return Cleaned(clean, told["media_type"], told["sha256"])


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        (sys.executable, "-m", "backend.files.workshop"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,  # so that its child can be ended with it
    )


def _ask(helper: "subprocess.Popen[bytes]", content: bytes) -> tuple[dict[str, str], bytes]:
    """Send the file and wait; OSError if the helper has gone."""
    to, source = _pipes(helper)
    send(to, content)
    told, clean = receive(source), receive(source)
    if told is None or clean is None:
        raise BrokenPipeError
    found: dict[str, str] = json.loads(told)
    return found, clean


def _pipes(helper: "subprocess.Popen[bytes]") -> tuple[BinaryIO, BinaryIO]:
    if helper.stdin is None or helper.stdout is None:
        raise BrokenPipeError
    return helper.stdin, helper.stdout  # type: ignore[return-value]  # typeshed says IO[bytes]


def _kill(helper: "subprocess.Popen[bytes]") -> None:
    if helper.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(helper.pid, signal.SIGKILL)


def _end(helper: "subprocess.Popen[bytes]") -> None:
    _kill(helper)
    for pipe in _pipes(helper):
        with contextlib.suppress(OSError):
            pipe.close()
    helper.wait()
