"""What is recorded of each request: a log line and metrics, with no personal data."""

import re
from functools import cache
from typing import Any, Protocol

from sanic import Request
from sanic.response import HTTPResponse

from backend.audit import Origin, come_from
from backend.http import draining
from config import logging
from config.metrics import Counter, Histogram
from config.scrubbing import masked
from models import uuid7

_GIVEN = re.compile(r"^[A-Za-z0-9_-]{8,64}$")

REQUESTS = Counter("yikou_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "yikou_request_seconds",
    "Time from the first byte of the request to the answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class Named(Protocol):
    """What must be known of a route."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def path(self) -> str:
        """The path as declared, without anybody's ids."""


def request_id(request: Request) -> str:
    """The client's own X-Request-ID where it is well formed, else a new one; bound to the log.

    What looks like somebody's number is no id: it would stand in each line, and in the access log.
    """
    given = request.headers.get("x-request-id", "")
    fits = given and _GIVEN.match(given) and masked(given) == given
    identity = given if fits else uuid7().hex
    request.ctx.request_id = identity
    logging.request.set(identity)
    agent = request.headers.get("user-agent")
    come_from(Origin(identity, request.remote_addr or request.ip, agent))
    return identity


def finished(route: Named, request: Request, response: HTTPResponse, *, seconds: float) -> None:
    """Count and log the answered request, and add the headers that every answer has."""
    if draining.begun():
        stream: Any = request.stream  # Sanic's type names only its response side
        stream.keep_alive = False
    response.headers["X-Request-ID"] = request.ctx.request_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    for name, value in getattr(request.ctx, "spent", {}).items():
        response.headers.setdefault(name, value)
    count, duration = _metrics(route.method, route.path, response.status)
    count.inc()
    duration.observe(seconds)
    logging.plain(
        "request",
        method=route.method,
        route=route.path,
        status=response.status,
        ms=round(seconds * 1000, 1),
    )


@cache
def _metrics(method: str, path: str, status: int) -> tuple[Counter, Histogram]:
    """Those of a route and a status, which the library would look up under locks each time."""
    return REQUESTS.labels(method, path, status), SECONDS.labels(method, path)
