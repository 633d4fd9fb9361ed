"""The app as it is served: with the watchdog that Sanic lacks."""

import asyncio

from backend.http.app import App
from config import logging
from config.settings import settings
from miniprogram_api.server import create_app
from miniprogram_api.web import NAME

WATCH_SECONDS = 1.0


def application() -> App:
    """Build the app in each process that serves it."""
    logging.configure("web")
    app = create_app(NAME)
    if settings().workers > 1:
        app.after_server_start(_watch)
        app.before_server_stop(_rest)
    return app


async def _watch(app: App) -> None:
    app.ctx.watchdog = asyncio.get_running_loop().create_task(_revive(app))


async def _rest(app: App) -> None:
    app.ctx.watchdog.cancel()


async def _revive(app: App) -> None:
    """Restart workers that died: Sanic only marks them FAILED and serves with fewer."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        workers = dict(app.m.workers)
        failed = [name for name, worker in workers.items() if worker["state"] == "FAILED"]
        if failed:
            app.m.restart(",".join(failed))
