"""`python -m backend.files.workshop`: cleans files for a web process, each in a process of its own.

What a hostile file costs (memory, time, a crash of a library) ends with that process. Files come in
on standard input and go out on standard output, each after its length in eight bytes.
"""

import json
import logging
import os
import resource
import signal
import sys
import warnings
from typing import BinaryIO

from backend.errors import ServiceError
from backend.files.contents import PDF, cleaned, media_type_of

MEGABYTE = 1024 * 1024
# A process that has done nothing yet counts 60 MB. A PDF of 10 MB and 60,000 objects takes 110 more
# and a second; a picture of 25 megapixels that must be turned takes 300, and up to three.
PDF_BYTES, PDF_SECONDS = 256 * MEGABYTE, 2
PICTURE_BYTES, PICTURE_SECONDS = 512 * MEGABYTE, 6
# Whoever waits for an answer comes first.
NICENESS = 5
LENGTH_BYTES = 8


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the web process
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
    is_pdf = media_type_of(content) == PDF
    memory = PDF_BYTES if is_pdf else PICTURE_BYTES
    seconds = PDF_SECONDS if is_pdf else PICTURE_SECONDS
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = cleaned(content)
        told, clean = {"media_type": found.media_type, "sha256": found.sha256}, found.content
    except ServiceError as error:
        told, clean = {"kind": error.kind, "code": error.code, "detail": error.detail}, b""
    except BaseException:  # noqa: BLE001 - the parent tells it by the status
        os._exit(1)
    send(sys.stdout.buffer, json.dumps(told).encode())
    send(sys.stdout.buffer, clean)
    os._exit(0)


def send(to: BinaryIO, content: bytes) -> None:
    """Write one piece."""
    to.write(len(content).to_bytes(LENGTH_BYTES) + content)
    to.flush()


def receive(source: BinaryIO) -> bytes | None:
    """Read one piece; None where the other side has gone."""
    head = source.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    content = source.read(int.from_bytes(head))
    return content if len(content) == int.from_bytes(head) else None


if __name__ == "__main__":
    main()
