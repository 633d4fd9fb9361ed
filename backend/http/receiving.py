"""Reading a request's body: only once the caller may send it, within its bound and in its time."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from multipart import MultipartError, MultipartSegment, PushMultipartParser
from sanic import Request
from sanic.exceptions import PayloadTooLarge

from backend.errors import TooLarge
from backend.files.contents import FILE_BYTES
from backend.files.refusals import FileMissing, FileTooLarge, UploadsBusy
from backend.http.refusals import BodyTooLarge, LengthRequired, RequestTimeout

BODY_BYTES = 256 * 1024
# A file of the greatest size, and what multipart writes around it.
UPLOAD_BYTES = 11 * 1024 * 1024
BODY_SECONDS = 10.0
# A file of the greatest size by a slow mobile line.
UPLOAD_SECONDS = 120.0
LONGEST_NAME = 255
# Files that arrive or wait to be cleaned at the same time, by their stated lengths: of this
# process, and of one person. A second one of a person finds room in the first half only, for
# three who send as slowly as they may would else keep everybody out.
ARRIVING_BYTES = 96 * 1024 * 1024
ARRIVING_BYTES_OF_ONE = 33 * 1024 * 1024
# RFC 2046, 5.1.1.
_BOUNDARY = re.compile(
    r'^multipart/form-data\s*;\s*boundary=("?)([0-9A-Za-z\'()+_,./:=? -]{0,69}'
    r"[0-9A-Za-z\'()+_,./:=?-])\1\s*$",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Upload:
    """The one file of an upload, as it was sent."""

    name: str
    content: bytes


_arriving: Counter[str] = Counter()


async def body(request: Request, most: int = BODY_BYTES) -> bytes:
    """The whole body, kept in `request.body`.

    BodyTooLarge beyond so many bytes, RequestTimeout after ten seconds.
    """
    stream: Any = request.stream  # Sanic's type names only its response side
    if stream.request_body:
        if _stated(request) > most:
            raise _too_large(most)
        if _is_here(stream):
            request.body = await stream.read() or b""
            await stream.read()  # that was all, it says
        else:
            chunks = _chunks(request, most, BODY_SECONDS, _too_large(most))
            request.body = b"".join([chunk async for chunk in chunks])
    return request.body


async def upload(request: Request, owner: str) -> Upload:
    """The file in the multipart field `file`; FileMissing without one, FileTooLarge beyond 10 MB.

    UploadsBusy while too much arrives already. Sanic's own reader is never asked: a part's
    `charset` and long names cost it quadratic time.
    """
    found = _BOUNDARY.match(request.headers.get("content-type", "")[:200])
    if found is None:
        raise FileMissing
    if "content-length" not in request.headers:
        raise LengthRequired
    refusal = FileTooLarge()
    length = _stated(request)
    if length > UPLOAD_BYTES:
        raise refusal
    _count(request, owner, length)
    part = _Part(found[2], length)
    try:
        async for chunk in _chunks(request, UPLOAD_BYTES, UPLOAD_SECONDS, refusal):
            part.feed(chunk)
        sent = part.finished()
    except (MultipartError, ValueError, LookupError):
        raise FileMissing from None
    if len(sent.content) > FILE_BYTES:
        raise refusal
    return sent


def forget(request: Request) -> None:
    """No longer count the upload of a request that is answered."""
    if (counted := getattr(request.ctx, "counted", None)) is None:
        return
    owner, length = counted
    request.ctx.counted = None
    _arriving[owner] -= length
    if not _arriving[owner]:
        del _arriving[owner]


def _too_large(most: int) -> BodyTooLarge:
    return BodyTooLarge(f"提交内容不能超过 {most // 1024} KB")


def _is_here(stream: Any) -> bool:
    """Whether all of the body has come with the head, as that of nearly each request has.

    Then there is nothing to wait for, and no need of a timer.
    """
    stated = stream.request_body is True and not stream.expecting_continue
    return stated and len(stream.recv_buffer) >= stream.request_bytes_left


def _stated(request: Request) -> int:
    # Sanic has refused what is no number.
    return int(request.headers.get("content-length", "0"))


async def _chunks(
    request: Request, most: int, seconds: float, refusal: TooLarge
) -> AsyncIterator[bytes]:
    stream: Any = request.stream
    received = 0
    try:
        async with asyncio.timeout(seconds):
            while chunk := await stream.read():
                received += len(chunk)
                if received > most:
                    raise refusal
                yield chunk
    except PayloadTooLarge:
        raise refusal from None
    except TimeoutError:
        raise RequestTimeout from None


def _count(request: Request, owner: str, length: int) -> None:
    """Count these bytes until `forget`: they are held while the file waits for its cleaning."""
    most = ARRIVING_BYTES // 2 if _arriving[owner] else ARRIVING_BYTES
    if _arriving[owner] + length > ARRIVING_BYTES_OF_ONE or _arriving.total() + length > most:
        raise UploadsBusy(retry_after=5)
    _arriving[owner] += length
    request.ctx.counted = (owner, length)


class _Part:
    """The one part of an upload as it comes in: each chunk is looked through once."""

    def __init__(self, boundary: str, length: int) -> None:
        self._parser = PushMultipartParser(
            boundary,
            content_length=length,
            max_header_size=1024,
            max_header_count=4,
            max_segment_count=1,
            strict=True,
        )
        self._head: MultipartSegment | None = None
        self._content = bytearray()
        self._whole = False

    def feed(self, chunk: bytes) -> None:
        """Take more bytes; raises MultipartError for what is no such form."""
        if self._whole:
            return  # RFC 2046: what follows the last boundary means nothing
        for event in self._parser.parse(chunk):
            if isinstance(event, MultipartSegment):
                self._head = event
            elif event is None:
                self._whole = True
            else:
                self._content += event

    def finished(self) -> Upload:
        """The whole file; raises MultipartError or the refusal of an upload without one."""
        self._parser.close()
        if self._head is None or self._head.name != "file" or self._head.filename is None:
            raise FileMissing
        return Upload(self._head.filename[:LONGEST_NAME], bytes(self._content))
