"""Reading a request's body: only once the caller may send it, within its bound and in its time."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from multipart import MultipartError, MultipartSegment, PushMultipartParser
from sanic import Request
from sanic.exceptions import PayloadTooLarge

from backend.errors import Invalid, InvalidParam, ServiceError, TooLarge
from backend.files.cleaning import FILE_BYTES

BODY_BYTES = 256 * 1024
# A file of the greatest size, and what multipart writes around it.
UPLOAD_BYTES = 11 * 1024 * 1024
BODY_SECONDS = 10.0
# A file of the greatest size by a slow mobile line.
UPLOAD_SECONDS = 120.0
LONGEST_NAME = 255
# RFC 2046, 5.1.1.
_BOUNDARY = re.compile(
    r'^multipart/form-data\s*;\s*boundary=("?)([0-9A-Za-z\'()+_,./:=? -]{0,69}'
    r"[0-9A-Za-z\'()+_,./:=?-])\1\s*$",
    re.IGNORECASE | re.ASCII,
)


class Slow(ServiceError):
    """The body did not arrive in time."""

    kind = "timeout"
    code = "request_timeout"
    title = "请求超时，请重试"


@dataclass(frozen=True)
class Upload:
    """The one file of an upload, as it was sent."""

    name: str
    content: bytes


async def body(request: Request) -> bytes:
    """The whole body, kept in `request.body`; TooLarge beyond 256 KB, Slow after ten seconds."""
    request.body = await _read(
        request,
        BODY_BYTES,
        BODY_SECONDS,
        TooLarge("提交内容不能超过 256 KB", code="body_too_large"),
    )
    return request.body


async def upload(request: Request) -> Upload:
    """The file in the multipart field `file`; Invalid without one, TooLarge beyond 10 MB.

    Sanic's own reader is never asked: a part's `charset` and long names cost it quadratic time.
    """
    found = _BOUNDARY.match(request.headers.get("content-type", "")[:200])
    if found is None:
        raise _missing()
    refusal = TooLarge("文件不能超过 10 MB", code="file_too_large")
    content = await _read(request, UPLOAD_BYTES, UPLOAD_SECONDS, refusal)
    # 70 ms of work for the greatest file: others must not wait for it.
    return await asyncio.to_thread(_one_file, found[2], content, refusal)


async def _read(request: Request, most: int, seconds: float, refusal: TooLarge) -> bytes:
    stated = request.headers.get("content-length", "0")
    if int(stated[:20]) > most:
        raise refusal
    received = bytearray()
    stream: Any = request.stream  # Sanic's type names only its response side
    try:
        async with asyncio.timeout(seconds):
            while chunk := await stream.read():
                received += chunk
                if len(received) > most:
                    raise refusal
    except PayloadTooLarge:
        raise refusal from None
    except TimeoutError:
        raise Slow from None
    return bytes(received)


def _one_file(boundary: str, content: bytes, refusal: TooLarge) -> Upload:
    part: MultipartSegment | None = None
    taken = bytearray()
    try:
        with PushMultipartParser(
            boundary,
            content_length=len(content),
            max_header_size=1024,
            max_header_count=4,
            max_segment_count=1,
            strict=True,
        ) as parser:
            for event in parser.parse(content):
                if isinstance(event, MultipartSegment):
                    part = event
                elif event:
                    taken += event
    except (MultipartError, ValueError, LookupError):
        raise _missing() from None
    if part is None or part.name != "file" or part.filename is None:
        raise _missing()
    if len(taken) > FILE_BYTES:
        raise refusal
    return Upload(part.filename[:LONGEST_NAME], bytes(taken))


def _missing() -> Invalid:
    reason = "请在 file 字段中上传一个文件"
    return Invalid(
        reason, code="file_missing", invalid_params=[InvalidParam("file", "missing", reason)]
    )
