"""What workshops have in common: each piece of work is done by a process of its own, within limits.

What a hostile file costs (memory, time, a crash of a library) ends with that process.
"""

import json
import logging
import os
import resource
import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from backend.errors import ServiceError
from backend.files.pieces import receive, send

MEGABYTE = 1024 * 1024
# Whoever waits for an answer comes first.
NICENESS = 5


class Limits(NamedTuple):
    """How much memory and how many seconds of the processor a piece of work may take."""

    memory: int
    seconds: int


Work = Callable[[bytes], tuple[dict[str, Any], bytes]]
"""What is told of a piece, and what was made of it; what it refuses is told as code and detail."""


def serve(work: Work, limits: Callable[[bytes], Limits]) -> None:
    """Do what comes on standard input until it ends; a piece that fails is told as `failed`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the web process
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # without it there is nobody to tell anything
    os.nice(NICENESS)
    # What libraries say of a file is said to its sender, as far as it matters.
    warnings.simplefilter("ignore")
    logging.disable()
    while (content := receive(sys.stdin.buffer)) is not None:
        child = os.fork()
        if child == 0:
            _do(content, work, limits(content))
        _, status = os.waitpid(child, 0)
        if status:
            # It wrote nothing: it was ended by its limits, or by a fault of a library.
            failed = {"failed": os.waitstatus_to_exitcode(status)}
            send(sys.stdout.buffer, json.dumps(failed).encode())
            send(sys.stdout.buffer, b"")


def _do(content: bytes, work: Work, limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        told, made = work(content)
    except ServiceError as error:
        told, made = {"code": error.code, "detail": error.detail}, b""
    except BaseException:  # noqa: BLE001 - the parent tells it by the status
        os._exit(1)
    send(sys.stdout.buffer, json.dumps(told).encode())
    send(sys.stdout.buffer, made)
    os._exit(0)
