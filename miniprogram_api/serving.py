"""`python -m miniprogram_api.serving`: one process that serves, watched by its parent.

Each has a listening socket of its own on the one port (SO_REUSEPORT): when one dies, the kernel
gives new connections to the others at once.
"""

import asyncio
import signal
import socket
from typing import Any

import structlog
import uvloop

from backend.http import draining
from backend.http.protocol import Connection
from config import heartbeat, logging
from config.errors import StartError, told
from config.settings import settings
from miniprogram_api.server import create_app
from notifications.worker import DATABASE_AWAY

NAME = "yikou"
BACKLOG = 1024
# For what is in flight when the process is told to end.
LAST_SECONDS = 10.0

log = structlog.get_logger(__name__)


def main() -> None:
    """Serve until SIGTERM; ends with one sentence when it cannot start."""
    with told():
        logging.configure("web")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve())


async def _serve() -> None:
    app = create_app(NAME)
    listening = _listen(settings().host, settings().port)
    server: Any = await app.create_server(
        sock=listening,
        protocol=Connection,
        backlog=BACKLOG,
        return_asyncio_server=True,
        # Not before all is open: the kernel shares connections out among those who listen.
        asyncio_server_kwargs={"start_serving": False},
    )
    told_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_end.set)
    beating = loop.create_task(heartbeat.beat())
    await server.startup()
    try:
        await server.before_start()
    except DATABASE_AWAY as error:
        raise StartError(f"PostgreSQL is not ready: {type(error).__name__}.") from None
    await server.start_serving()
    await server.after_start()
    log.info("web_started", port=settings().port)
    await told_to_end.wait()
    await _drain(server)
    await server.after_stop()
    beating.cancel()
    log.info("web_stopped")


async def _drain(server: Any) -> None:
    """Say that we leave, wait until the balancer has heard it, then finish what is in flight."""
    draining.begin()
    await asyncio.sleep(settings().drain_seconds)
    await server.before_stop()
    server.server.close()
    for connection in list(server.connections):
        connection.close_if_idle()
    deadline = asyncio.get_running_loop().time() + LAST_SECONDS
    while server.connections and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.05)
        for connection in list(server.connections):
            connection.close_if_idle()
    for connection in list(server.connections):
        connection.abort()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "SO_REUSEPORT"):
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((host, port))
    return listening


if __name__ == "__main__":
    main()
