"""Start what runs: everything on this machine, the API, the sender."""

import contextlib
import gc
from collections.abc import Iterator


def run() -> None:
    """在本机启动全部服务，直至 Ctrl-C。 Start everything on this machine, until Ctrl-C."""
    from miniprogram_api.process import beginning

    with beginning.begun() as begun:
        # PostgreSQL and Redis start meanwhile.
        with _importing():
            from miniprogram_api.process import launcher
        launcher.run(begun, _load)


async def _load() -> list[str]:
    from miniprogram_api.process import administration

    return await administration.load()


def web() -> None:
    """启动网页服务，须有数据库。 Serve the API; the database must run."""
    with _importing():
        from miniprogram_api.process import web

    web.main()


def worker() -> None:
    """启动后台进程：发消息、定时任务。 Send due messages, run periodic jobs."""
    with _importing():
        from miniprogram_api.process import worker

    worker.main()


@contextlib.contextmanager
def _importing() -> Iterator[None]:
    """Import a lot at once: looked through for garbage again and again, it takes a sixth longer."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
