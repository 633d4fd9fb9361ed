"""`python -m miniprogram_api.web`: the web server and its worker processes.

Sanic's helper processes import this module again, so it imports little.
"""

import asyncio
import os
import pkgutil
import signal

from sanic import Sanic
from sanic.worker.loader import AppLoader

from config import database, logging, metrics
from config.embedded.processes import die_with_parent
from config.errors import told
from config.settings import Settings, settings
from miniprogram_api import ports, workers

# Named, not imported: only the processes that serve or check load them.
FACTORY = "miniprogram_api.serving:application"
PREFLIGHT = "miniprogram_api.preflight:check"
NAME = "yikou"


def main() -> None:
    """Serve until SIGTERM; ends with one sentence when it cannot start."""
    with told():
        given = settings()
        logging.configure("web")
        ports.check_free(given.host, given.port, variable="YIKOU_PORT")
        pkgutil.resolve_name(PREFLIGHT)()
        asyncio.run(_check_database())
        metrics.clear()
        _serve(given)


def _serve(given: Settings) -> None:
    loader = AppLoader(FACTORY, as_factory=True)
    alone = given.workers == 1
    # Beside its workers the main process only listens: it needs the app's name, not the app.
    app = loader.load() if alone else Sanic(NAME, configure_logging=False)
    app.prepare(
        given.host,
        given.port,
        workers=given.workers,
        single_process=alone,
        access_log=False,
        motd=False,
    )
    if alone:
        Sanic.serve_single(primary=app)
    else:
        workers.use()
        Sanic.serve(primary=app, app_loader=loader)


async def _check_database() -> None:
    connection = await database.single(database.url())
    await connection.close()


if __name__ == "__main__":
    main()
elif __name__ == "__mp_main__":
    # A process that Sanic started; without this, kill -9 of the main one would orphan it.
    die_with_parent(signal.SIGTERM, os.getppid())
    # Sanic stops its workers by SIGINT, also those still starting, which would trace it back.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
