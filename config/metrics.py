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
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # noqa: E402

__all__ = ["Counter", "Gauge", "Histogram", "clear", "forget", "render"]


def render() -> tuple[bytes, str]:
    """The text that Prometheus reads, and its media type."""
    if VARIABLE not in os.environ:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's own gap
    return generate_latest(registry), CONTENT_TYPE_LATEST


def clear() -> None:
    """Forget what an earlier start counted, unless a process of ours started this one."""
    if not SHARED and VARIABLE in os.environ:
        for file in FOLDER.glob("*.db"):
            file.unlink(missing_ok=True)


def forget(pid: int) -> None:
    """Drop the live gauges of a process that has ended."""
    if VARIABLE in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]  # the library's own gap
