"""Building an app from routes; it knows no endpoint and opens no database."""

from collections.abc import Sequence
from types import SimpleNamespace

import orjson
from sanic import Config, Sanic
from sanic.exceptions import SanicException

from backend.http import problems
from backend.http.routes import Routes, Spec
from config.settings import settings

App = Sanic[Config, SimpleNamespace]
HEAD_SECONDS = 10
REQUEST_BYTES = 32 * 1024 * 1024
"""What is left of a refused body is read and forgotten up to here, else the connection is cut."""


def build_app(name: str, groups: Sequence[Routes]) -> App:
    """An app with these routes, our problems for every error, and Sanic's own chatter off."""
    app: App = Sanic(name, dumps=orjson.dumps, loads=orjson.loads, configure_logging=False)
    app.config.update(
        {
            "ACCESS_LOG": False,
            "FALLBACK_ERROR_FORMAT": "json",
            "REQUEST_MAX_SIZE": REQUEST_BYTES,
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
    for group in groups:
        app.blueprint(group.blueprint)
    app.exception(SanicException)(problems.framework_refusal)
    app.exception(Exception)(problems.failure)
    return app


def specs_of(groups: Sequence[Routes]) -> list[Spec]:
    """All declared endpoints."""
    return [spec for group in groups for spec in group.specs]
