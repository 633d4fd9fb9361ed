"""Whether this process is about to end: it says so to the balancer and to its clients."""

from collections.abc import Callable

_state = {"draining": False}
_told: list[Callable[[], None]] = []


def begin() -> None:
    """From now on /readyz answers 503, and each answer closes its connection."""
    _state["draining"] = True
    for tell in _told:
        tell()


def begun() -> bool:
    """Whether no new work should come here."""
    return _state["draining"]


def when_begun(tell: Callable[[], None]) -> None:
    """Have it called when the process begins to end; once, however often it is said."""
    if tell not in _told:
        _told.append(tell)
