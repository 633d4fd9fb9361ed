"""Start what runs: everything on this machine, the API, the sender."""

import os
import sys


def run() -> None:
    """在本机启动全部服务，直至 Ctrl-C。 Start everything on this machine, until Ctrl-C."""
    from miniprogram_api import launcher

    launcher.run()


def web() -> None:
    """启动网页服务，须有数据库。 Serve the API; the database must run."""
    _become("miniprogram_api.web")


def worker() -> None:
    """启动后台进程：发消息、定时任务。 Send due messages, run periodic jobs."""
    _become("notifications")


def _become(module: str) -> None:
    # A fresh process: Sanic's helpers import the main module again, and this one is heavy.
    os.execv(sys.executable, [sys.executable, "-m", module])  # noqa: S606 - our own module
