"""Requests as the server makes them of what has arrived, without a connection."""

from types import SimpleNamespace
from typing import Any

from sanic import Config, Request
from sanic.compat import Header


def a_request(
    *headers: tuple[str, str],
    method: str = "POST",
    path: str = "/told/one",
    body: bytes = b"",
    peer: str = "192.0.2.7",
    **config: Any,
) -> Request:
    """One with these headers, each as often as it is given; `config` is the app's."""
    app: Any = SimpleNamespace(config=Config(config))
    transport: Any = SimpleNamespace(get_extra_info=lambda _name: None)
    request = Request(path.encode(), Header(headers), "1.1", method, transport, app)
    request.body = body
    request.conn_info = SimpleNamespace(client_ip=peer)  # type: ignore[assignment]
    return request
