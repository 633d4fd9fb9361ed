"""Structured logs: one JSON object a line, or readable lines on a terminal; never personal data."""

import contextlib
import logging
import sys
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock
from typing import Any, BinaryIO

import orjson
import structlog

from config import clock
from config.scrubbing import scrub
from config.settings import settings

request: ContextVar[str | None] = ContextVar("request", default=None)
"""The id of the request that is served, without what concerns a person; each line of its task bears
it."""

# What others log at length in normal operation.
CHATTY = ("sanic", "asyncio", "tortoise", "aiohttp", "httpx")


@dataclass
class _Plainly:
    """How a line is written as it is; None where lines are for people, or not for all."""

    write: Callable[[dict[str, Any]], None] | None = None


_plainly = _Plainly()


def plain(event: str, **told: Any) -> None:
    """Write a line of words out of the code and of numbers, within a request.

    It is not searched for what concerns a person: that is most of what a line costs, and there is
    one for each request.
    """
    if _plainly.write is None:
        structlog.get_logger().info(event, **told)
    else:
        _plainly.write({**told, "event": event, "request_id": request.get(), "level": "info"})


def configure(process: str) -> None:
    """Send structlog's and the standard library's records to stdout, each naming this process."""
    level = logging.getLevelNamesMapping().get(settings().log_level.upper(), logging.INFO)
    lines = None if sys.stdout.isatty() else _Lines(process, sys.stdout.buffer)
    structlog.configure(
        processors=[
            _of_request,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            scrub,
            *([lines.told] if lines else _readable(process)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=(lambda *_: lines) if lines else structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    _plainly.write = lines.write if lines and level <= logging.INFO else None
    logging.basicConfig(handlers=[_Forwarding()], level=level, force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def _of_request(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if (identity := request.get()) is not None:
        event["request_id"] = identity
    return event


class _Forwarding(logging.Handler):
    """Hands the records of the standard library to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno, record.getMessage(), source=record.name, exc_info=record.exc_info
        )


class _Lines:
    """Writes lines; one that a full disk or a closed pipe does not take is no request's failure."""

    def __init__(self, process: str, file: BinaryIO) -> None:
        self._process, self._file, self._lock = process, file, Lock()

    def told(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> bytes:
        """The event as JSON, with the process and the time."""
        whole = {"process": self._process, **event, "at": clock.now()}
        return orjson.dumps(whole, default=str, option=orjson.OPT_UTC_Z)

    def write(self, event: dict[str, Any]) -> None:
        """Write the event."""
        self.msg(self.told(None, "", event))

    def msg(self, message: bytes) -> None:
        """Write the line, if it can be written."""
        with self._lock, contextlib.suppress(OSError):
            self._file.write(message + b"\n")
            self._file.flush()

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def _readable(process: str) -> list[Any]:
    return [
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        lambda _logger, _method, event: {"process": process, **event},
        structlog.dev.ConsoleRenderer(
            exception_formatter=structlog.dev.plain_traceback, timestamp_key="at"
        ),
    ]
