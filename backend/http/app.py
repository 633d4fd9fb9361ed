"""Building an app from routes; it knows no endpoint and opens no database."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import orjson
from sanic import Config, Request, Sanic
from sanic.application.state import ApplicationServerInfo
from sanic.exceptions import SanicException
from sanic.http.constants import HTTP
from sanic.response import HTTPResponse

from backend.http import problems
from backend.http.request_log import finished, request_id
from backend.http.routes import Routes
from config.settings import settings

App = Sanic[Config, SimpleNamespace]
HEAD_SECONDS = 10
REQUEST_BYTES = 32 * 1024 * 1024
"""What is left of a refused body is read and forgotten up to here, else the connection is cut."""


@dataclass(frozen=True)
class _Nowhere:
    """What the log says where no route was found: a path may hold anybody's ids."""

    method: str
    path: str = "-"


def build_app(name: str, groups: Sequence[Routes]) -> App:
    """An app with these routes, our problems for every error, and Sanic's own chatter off."""
    app: App = Sanic(name, dumps=orjson.dumps, loads=orjson.loads, configure_logging=False)
    app.config.update(
        {
            "ACCESS_LOG": False,
            "FALLBACK_ERROR_FORMAT": "json",
            "REQUEST_MAX_SIZE": REQUEST_BYTES,
            "REQUEST_MAX_HEADER_SIZE": problems.HEAD_BYTES,
            "REQUEST_TIMEOUT": HEAD_SECONDS,
            "RESPONSE_TIMEOUT": 150,
            "KEEP_ALIVE_TIMEOUT": 75,
            "GRACEFUL_SHUTDOWN_TIMEOUT": 10,
            "OAS": False,
        }
    )
    if settings().real_ip_header:
        app.config.REAL_IP_HEADER = settings().real_ip_header
    if settings().proxies_count:
        app.config.PROXIES_COUNT = settings().proxies_count
    # Else each answer has an `alt-svc` without a value: Sanic cannot know that we serve no HTTP/3.
    app.state.server_info.append(ApplicationServerInfo(settings={"version": HTTP.VERSION_1}))
    for group in groups:
        app.blueprint(group.blueprint)
    app.exception(SanicException)(_recorded(problems.framework_refusal))
    app.exception(Exception)(_recorded(problems.failure))
    return app


def _recorded(answer: Callable[[Request, Any], HTTPResponse]) -> Callable[..., HTTPResponse]:
    """Have an answer that no endpoint gave recorded like the others."""

    def recorded(request: Request, error: Exception) -> HTTPResponse:
        started = getattr(request.ctx, "started", None) or time.perf_counter()
        if not hasattr(request.ctx, "request_id"):
            request_id(request)
        response = answer(request, error)
        method = request.method if request.method in _METHODS else "-"
        place = getattr(request.ctx, "place", None) or _Nowhere(method)
        finished(place, request, response, seconds=time.perf_counter() - started)
        return response

    return recorded


# A made-up method would be a new label of the metrics each time.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
