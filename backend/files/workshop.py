"""`python -m backend.files.workshop`: cleans files for a web process, each in a process of its own.

Files come in on standard input and go out on standard output. No other process loads the libraries.
"""

from hashlib import sha256
from typing import Any

import filetype

from backend.files import forks, pdfs, pictures
from backend.files.contents import FILE_BYTES, PDF, PICTURES, Cleaned
from backend.files.forks import MEGABYTE, Limits
from backend.files.refusals import FileTooLarge, FileTypeRefused

# A process that has done nothing yet counts 60 MB. A PDF of 10 MB and 60,000 objects takes 110 more
# and a second; a picture of 25 megapixels that must be turned takes 300, and up to three.
PDF_LIMITS = Limits(memory=256 * MEGABYTE, seconds=2)
PICTURE_LIMITS = Limits(memory=512 * MEGABYTE, seconds=6)


def main() -> None:
    """Serve until standard input ends."""
    forks.serve(_clean, _limits)


def _limits(content: bytes) -> Limits:
    return PDF_LIMITS if _media_type(content) == PDF else PICTURE_LIMITS


def _clean(content: bytes) -> tuple[dict[str, Any], bytes]:
    found = cleaned(content)
    return {"media_type": found.media_type, "sha256": found.sha256}, found.content


def cleaned(content: bytes) -> Cleaned:
    """JPEG, PNG, WebP and PDF without hidden contents; else refused.

    It may take seconds and 300 MB, and end the process.
    """
    media_type = _media_type(content)
    if media_type in PICTURES:
        content = pictures.drawn_anew(content, media_type)
    elif media_type == PDF:
        content = pdfs.written_anew(content)
        if len(content) > FILE_BYTES * 2:
            raise FileTooLarge
    else:
        raise FileTypeRefused
    return Cleaned(content, media_type, sha256(content).hexdigest())


def _media_type(content: bytes) -> str | None:
    """What the content is by its first bytes; None if it is nothing known."""
    found: str | None = filetype.guess_mime(content)
    return found


if __name__ == "__main__":
    main()
