"""Having files cleaned: two at once at most, in processes that a hostile file cannot leave."""

import asyncio
import atexit
import contextlib
import json
import subprocess
import sys
from typing import BinaryIO

from structlog import get_logger

from backend.errors import ServiceError, TooLarge, Unavailable, UnsupportedType
from backend.files.contents import FILE_BYTES, Cleaned
from backend.files.workshop import receive, send

AT_ONCE = 2
WAIT_SECONDS = 60.0
CLEAN_SECONDS = 45.0

log = get_logger()
_places = asyncio.Semaphore(AT_ONCE)
_idle: list["subprocess.Popen[bytes]"] = []
_ERRORS: dict[str, type[ServiceError]] = {
    error.kind: error for error in (TooLarge, UnsupportedType)
}


async def clean(content: bytes) -> Cleaned:
    """JPEG, PNG and WebP drawn anew upright without metadata, PDF written anew; else refused.

    TooLarge beyond 10 MiB or 25 megapixels; UnsupportedType for any other, broken, encrypted or
    hostile content; Unavailable while too many wait.
    """
    if len(content) > FILE_BYTES:
        raise TooLarge("文件不能超过 10 MB", code="file_too_large")
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await _places.acquire()
    except TimeoutError:
        raise Unavailable(
            "正在上传的文件过多，请稍后再试", code="uploads_busy", retry_after=10
        ) from None
    try:
        return await _cleaned(content)
    finally:
        _places.release()


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
        helper.kill()
        await asyncio.wait([asked])
        _end(helper)
        if isinstance(error, TimeoutError | OSError):
            log.warning("file_not_cleaned", error=type(error).__name__)
            raise _hostile() from None
        raise
    _idle.append(helper)
    if "failed" in told:
        log.warning("file_not_cleaned", status=told["failed"])
        raise _hostile()
    if "code" in told:
        raise _ERRORS[told["kind"]](told["detail"], code=told["code"])
    return Cleaned(clean, told["media_type"], told["sha256"])


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        (sys.executable, "-m", "backend.files.workshop"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
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


def _end(helper: "subprocess.Popen[bytes]") -> None:
    helper.kill()
    for pipe in _pipes(helper):
        with contextlib.suppress(OSError):
            pipe.close()
    helper.wait()


def _hostile() -> UnsupportedType:
    return UnsupportedType("文件无法处理，请重新拍摄或导出后再上传", code="file_type_refused")
