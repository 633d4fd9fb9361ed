"""Faults on demand: the next calls of a path go wrong in a chosen way."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Kind = Literal[
    "busy",
    "http_500",
    "slow",
    "reset_before",
    "reset_after",
    "token_revoked",
    "minute_quota",
    "daily_quota",
    "blocked",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
FAULTS_MAX = 100
TIMES_MAX = 1_000_000
SECONDS_DEFAULT = 10.0
ERRCODES: dict[Kind, int] = {
    "busy": -1,
    "minute_quota": 45011,
    "daily_quota": 45009,
    "blocked": 40226,
}


@dataclass
class Fault:
    """`times` calls of `path` still to spoil; `seconds` is how late a slow answer comes."""

    path: str
    kind: Kind
    times: int = 1
    seconds: float = SECONDS_DEFAULT


class FaultError(ValueError):
    """A fault that makes no sense here; the text says why."""


class Faults:
    """The faults set, in the order they strike."""

    def __init__(self) -> None:
        """Start with none."""
        self._faults: deque[Fault] = deque()

    def add(self, fault: Fault) -> None:
        """Set a fault behind those already set; raise FaultError when there are too many."""
        if len(self._faults) >= FAULTS_MAX:
            raise FaultError(f"{FAULTS_MAX} faults are set already; DELETE /_control/faults.")
        self._faults.append(fault)

    def take(self, path: str) -> Fault | None:
        """Return the fault that strikes this call, using it up once."""
        for fault in self._faults:
            if fault.path == path:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Drop all faults."""
        self._faults.clear()

    def listed(self) -> list[dict[str, Any]]:
        """List what is still to strike."""
        return [asdict(fault) for fault in self._faults]
