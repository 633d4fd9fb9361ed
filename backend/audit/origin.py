"""Which request an act comes from, known without handing it through every function."""

from contextvars import ContextVar
from typing import NamedTuple

from config import vault


class Origin(NamedTuple):
    """A request's id, the client's address and what it calls itself; or a command and neither."""

    request_id: str
    address: str | None = None
    agent: str | None = None

    @property
    def address_hash(self) -> str | None:
        """What is kept of the address: enough to tell that two acts came from one place."""
        return vault.blind("address", self.address) if self.address else None


_COMMAND = Origin("command")
_current: ContextVar[Origin] = ContextVar("origin", default=_COMMAND)


def come_from(origin: Origin) -> None:
    """Say where the acts of this task come from until it says otherwise."""
    _current.set(origin)


def current() -> Origin:
    """Where the acts of this task come from; a command unless said otherwise."""
    return _current.get()
