"""What an upload is by its content, and a copy without what the sender did not mean to send."""

from dataclasses import dataclass
from hashlib import sha256

import filetype

from backend.errors import TooLarge, UnsupportedType
from backend.files import pdfs, pictures

FILE_BYTES = 10 * 1024 * 1024
PDF = "application/pdf"


@dataclass(frozen=True)
class Cleaned:
    """The content to store, what it is, and the SHA-256 (hex) of it."""

    content: bytes
    media_type: str
    sha256: str


def media_type_of(content: bytes) -> str | None:
    """What the content is by its first bytes; None if it is nothing known."""
    found: str | None = filetype.guess_mime(content)
    return found


def cleaned(content: bytes) -> Cleaned:
    """JPEG, PNG, WebP and PDF without hidden contents; else refused.

    It may take seconds and 300 MB, so `cleaning` has another process do it.
    """
    media_type = media_type_of(content)
    if media_type in pictures.FORMATS:
        content = pictures.drawn_anew(content, media_type)
    elif media_type == PDF:
        content = pdfs.written_anew(content)
        if len(content) > FILE_BYTES * 2:
            raise TooLarge("文件不能超过 10 MB", code="file_too_large")
    else:
        raise UnsupportedType("只接受 JPG、PNG、WebP 图片和 PDF 文件", code="file_type_refused")
    return Cleaned(content, media_type, sha256(content).hexdigest())
