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
from backend.files.contents import cleaned

MEMORY_BYTES = 1024**3
# A picture of 25 megapixels costs up to two on a fast core.
CPU_SECONDS = 6
LENGTH_BYTES = 8


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the web process
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
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
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
