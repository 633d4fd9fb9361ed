"""Whether this process is about to end: it says so to the balancer and to its clients."""

_state = {"draining": False}


def begin() -> None:
    """From now on /readyz answers 503, and each answer closes its connection."""
    _state["draining"] = True


def begun() -> bool:
    """Whether no new work should come here."""
    return _state["draining"]
