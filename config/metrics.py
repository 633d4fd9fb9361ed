"""Prometheus metrics summed over a process and all that it starts, through files they share.

Take the metric classes from here: the library decides at its first import where values live.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# In memory where there is such a place: on a full disk a write into a mapped file is the process's
# end (SIGBUS), and two workers died of their metrics.
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder below is made anew, and ours alone
PREFIX = "yikou-metrics-"


def _folder() -> Path:
    """A new folder of this process and of those it starts."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    _remove_left(place)
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))


def _remove_left(place: Path) -> None:
    """Remove what our dead processes left: those that were killed could not."""
    for left in place.glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            if left.lstat().st_uid == os.geteuid() and not _lives(int(pid)):
                shutil.rmtree(left)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


if VARIABLE in os.environ:
    Path(os.environ[VARIABLE]).mkdir(parents=True, exist_ok=True)
else:
    # Metrics of one process only are no reason to fail; the start says what is wrong.
    with contextlib.suppress(OSError):
        own = _folder().resolve()
        os.environ[VARIABLE] = str(own)
        atexit.register(_remove, own, os.getpid())

from prometheus_client import (  # noqa: E402 - see above
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # noqa: E402

from config.errors import StartError  # noqa: E402

__all__ = ["Counter", "Gauge", "Histogram", "forget", "render", "serve"]


def render() -> tuple[bytes, str]:
    """The text that Prometheus reads, and its media type."""
    return generate_latest(_registry()), CONTENT_TYPE_LATEST


def serve(host: str, port: int) -> None:
    """Answer Prometheus on a port of this process, in a thread; raises StartError if it is taken.

    For a process without a web server of its own whose folder no web server shares.
    """
    try:
        start_http_server(port, host, _registry())
    except OSError as error:
        raise StartError(
            f"监控端口 {port} 无法使用，请设置 YIKOU_WORKER_METRICS_PORT。"
            f" Port {port} cannot be used for metrics: {error.strerror}."
            " Set YIKOU_WORKER_METRICS_PORT."
        ) from None


def forget(pid: int) -> None:
    """Drop the live gauges of a process that has ended."""
    if VARIABLE in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]  # the library's own gap


def _registry() -> CollectorRegistry:
    """All processes that count into this folder; without one, this process."""
    if VARIABLE not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's own gap
    return registry
