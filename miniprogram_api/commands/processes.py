"""Start what runs: everything on this machine, the API, the sender."""

import os
import sys


def run() -> None:
    """Start everything on this machine and keep it running until Ctrl-C."""
    from miniprogram_api import launcher

    launcher.run()


def web() -> None:
    """Serve the API; the database must run."""
    _become("miniprogram_api.web")


def worker() -> None:
    """Send the messages that are due; the database must run."""
    _become("notifications")


def _become(module: str) -> None:
    # A fresh process: Sanic's helpers import the main module again, and this one is heavy.
    os.execv(sys.executable, [sys.executable, "-m", module])  # noqa: S606 - our own module
