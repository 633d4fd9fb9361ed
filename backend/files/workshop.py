"""`python -m backend.files.workshop`: cleans files for a web process, each in a process of its own.

What a hostile file costs (memory, time, a crash of a library) ends with that process. Files come in
on standard input and go out on standard output. No other process loads the libraries.
"""

import json
import logging
import os
import resource
import signal
import sys
import warnings
from hashlib import sha256

import filetype

from backend.errors import ServiceError
from backend.files import pdfs, pictures
from backend.files.contents import FILE_BYTES, PDF, PICTURES, Cleaned
from backend.files.pieces import receive, send
from backend.files.refusals import FileTooLarge, FileTypeRefused

MEGABYTE = 1024 * 1024
# A process that has done nothing yet counts 60 MB. A PDF of 10 MB and 60,000 objects takes 110 more
# and a second; a picture of 25 megapixels that must be turned takes 300, and up to three.
PDF_BYTES, PDF_SECONDS = 256 * MEGABYTE, 2
PICTURE_BYTES, PICTURE_SECONDS = 512 * MEGABYTE, 6
# Whoever waits for an answer comes first.
NICENESS = 5


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the web process
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # without it there is nobody to tell anything
    os.nice(NICENESS)
    # What libraries say of a file is said to its sender, as far as it matters.
    warnings.simplefilter("ignore")
    logging.disable()
    while (content := receive(sys.stdin.buffer)) is not None:
        child = os.fork()
        if child == 0:
            _clean(content)
        _, status = os.waitpid(child, 0)
        if status:
            # It wrote nothing: it was ended by its limits, or by a fault of a library.
            failed = {"failed": os.waitstatus_to_exitcode(status)}
            send(sys.stdout.buffer, json.dumps(failed).encode())
            send(sys.stdout.buffer, b"")


def _clean(content: bytes) -> None:
    is_pdf = _media_type(content) == PDF
    memory = PDF_BYTES if is_pdf else PICTURE_BYTES
    seconds = PDF_SECONDS if is_pdf else PICTURE_SECONDS
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = cleaned(content)
        told, clean = {"media_type": found.media_type, "sha256": found.sha256}, found.content
    except ServiceError as error:
        told, clean = {"code": error.code, "detail": error.detail}, b""
    except BaseException:  # noqa: BLE001 - the parent tells it by the status
        os._exit(1)
    send(sys.stdout.buffer, json.dumps(told).encode())
    send(sys.stdout.buffer, clean)
    os._exit(0)


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
