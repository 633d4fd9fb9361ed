"""Structured logs: one JSON object a line, or readable lines on a terminal; never personal data."""

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from threading import Lock
from typing import Any, BinaryIO

import orjson
import structlog

from config import clock
from config.scrubbing import scrub
from config.settings import settings

request: ContextVar[str | None] = ContextVar("request", default=None)
"""The id of the request that is served; each line of its task bears it."""

# What others log at length in normal operation.
CHATTY = ("sanic", "asyncio", "tortoise", "aiohttp", "httpx")


def configure(process: str) -> None:
    """Send structlog's and the standard library's records to stdout, each naming this process."""
    level = logging.getLevelNamesMapping().get(settings().log_level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            _of_request,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            scrub,
            *_output(process),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_factory(),
        cache_logger_on_first_use=True,
    )
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

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._lock = file, Lock()

    def msg(self, message: bytes) -> None:
        """Write the line, if it can be written."""
        with self._lock, contextlib.suppress(OSError):
            self._file.write(message + b"\n")
            self._file.flush()

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def _factory() -> Any:
    if sys.stdout.isatty():
        return structlog.PrintLoggerFactory(sys.stdout)
    lines = _Lines(sys.stdout.buffer)
    return lambda *_names: lines


def _output(process: str) -> list[Any]:
    if sys.stdout.isatty():
        plain = structlog.dev.plain_traceback
        return [
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            lambda _logger, _method, event: {"process": process, **event},
            structlog.dev.ConsoleRenderer(exception_formatter=plain, timestamp_key="at"),
        ]

    def line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> bytes:
        told = {"process": process, **event, "at": clock.now()}
        return orjson.dumps(told, default=str, option=orjson.OPT_UTC_Z)

    return [line]
