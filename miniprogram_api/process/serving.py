"""One process that serves, watched by its parent.

Each has a listening socket of its own on the one port (SO_REUSEPORT): when one dies, the kernel
gives new connections to the others at once.
"""

import asyncio
import signal
import socket
from functools import partial
from typing import Any

import structlog
import uvloop
from sanic.models.server_types import Signal

from backend.http import draining
from backend.http.app import App
from backend.http.protocol import Connection
from config import database, heartbeat, logging
from config.errors import StartError
from config.settings import settings
from miniprogram_api.server import create_app
from notifications.sending.away import DATABASE_AWAY

NAME = "yikou"
BACKLOG = 1024
# PostgreSQL may be starting too, and we are there sooner.
DATABASE_SECONDS = 30.0
# For what is in flight when the process is told to end.
LAST_SECONDS = 10.0
LOOK_SECONDS = 0.05

log = structlog.get_logger(__name__)


def serve() -> None:
    """Serve until SIGTERM; raises StartError when it cannot start."""
    logging.configure("web")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve())


async def _serve() -> None:
    told_to_end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_end.set)
    beating = loop.create_task(heartbeat.beat())
    await _database()
    app = create_app(NAME)
    listening = _listen(settings().host, settings().port)
    server = await _started(app, listening)
    log.info("web_started", port=settings().port)
    await told_to_end.wait()
    await _leave(app, server, listening)
    beating.cancel()
    log.info("web_stopped")


async def _database() -> None:
    """Wait until it can be used; raises StartError."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DATABASE_SECONDS
    while True:
        try:
            await (await database.single(database.url())).close()
        except StartError:
            if loop.time() > deadline:
                raise
        else:
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _started(app: App, listening: socket.socket) -> Any:
    server: Any = await app.create_server(
        sock=listening,
        protocol=Connection,
        backlog=BACKLOG,
        return_asyncio_server=True,
        # Not before all is open: the kernel shares connections out among those who listen.
        asyncio_server_kwargs={"start_serving": False},
    )
    await server.startup()
    try:
        await server.before_start()
    except DATABASE_AWAY as error:
        reason = type(error).__name__
        raise StartError(f"数据库未就绪。 PostgreSQL is not ready: {reason}.") from None
    await server.start_serving()
    await server.after_start()
    return server


async def _leave(app: App, server: Any, listening: socket.socket) -> None:
    """Say that we leave, wait until the balancer has heard it, then finish what is in flight."""
    draining.begin()
    await asyncio.sleep(settings().drain_seconds)
    await _close(app, server, listening)
    deadline = asyncio.get_running_loop().time() + LAST_SECONDS
    while server.connections and asyncio.get_running_loop().time() < deadline:
        # First: one that we just took in may have sent its request, unread as yet.
        await asyncio.sleep(LOOK_SECONDS)
        for connection in list(server.connections):
            connection.close_if_idle()
    for connection in list(server.connections):
        connection.abort()
    await server.before_stop()
    await server.after_stop()


async def _close(app: App, server: Any, listening: socket.socket) -> None:
    """Listen no more, but take in whoever waits: the kernel would reset their connections."""
    loop = asyncio.get_running_loop()
    ours = partial(Connection, loop=loop, app=app, connections=server.connections, signal=Signal())
    with listening.dup() as waiting:
        waiting.setblocking(False)
        server.server.close()
        while True:
            try:
                accepted, _ = waiting.accept()
            except OSError:
                return
            await loop.connect_accepted_socket(ours, accepted)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "SO_REUSEPORT"):
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((host, port))
    return listening
