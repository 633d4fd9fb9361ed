"""Prometheus metrics summed over all processes of this machine, through files below the var dir.

Take the metric classes from here: the library decides at its first import where values live.
"""

import os
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# A process that was started by another one of ours shares its folder.
SHARED = VARIABLE in os.environ
FOLDER = Path(os.environ.get(VARIABLE) or Path(os.environ.get("YIKOU_VAR_DIR") or "var", "metrics"))
try:
    FOLDER.mkdir(parents=True, exist_ok=True)
except OSError:
    # The start says so in its own words; metrics of one process are no reason to fail.
    os.environ.pop(VARIABLE, None)
else:
    os.environ[VARIABLE] = str(FOLDER.resolve())

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

__all__ = ["Counter", "Gauge", "Histogram", "clear", "forget", "render", "serve"]


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
            f"Port {port} cannot be used for metrics: {error.strerror}."
            " Set YIKOU_WORKER_METRICS_PORT."
        ) from None


def clear() -> None:
    """Forget what an earlier start counted, unless a process of ours started this one."""
    if not SHARED and VARIABLE in os.environ:
        for file in FOLDER.glob("*.db"):
            file.unlink(missing_ok=True)


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
