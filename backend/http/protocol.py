"""One connection of a client: how many there may be, and how long a request's head may take."""

from collections import Counter
from typing import Any

from sanic.http.constants import Stage
from sanic.server.protocols.http_protocol import HttpProtocol
from structlog import get_logger

from config.settings import settings

MOST = 4000
"""Connections of one process; each may cost a request's head of 8 KB and its place in a queue."""
MOST_OF_ADDRESS = 400
"""Of one address: wide, because a carrier puts thousands of people behind one."""

log = get_logger()
_held: Counter[str] = Counter()


class Connection(HttpProtocol):
    """Sanic's own, with bounds that it lacks."""

    __slots__ = ("_address",)

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._address: str | None = None

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or cut it where the process or the address has too many."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else ""
        if sum(_held.values()) >= MOST or _too_many(address):
            log.warning("connection_refused")
            transport.abort()
            return
        self._address = address
        _held[address] += 1
        super().connection_made(transport)  # type: ignore[no-untyped-call]  # Sanic's gap

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._address is None:
            return
        _held[self._address] -= 1
        if not _held[self._address]:
            del _held[self._address]
        self._address = None
        super().connection_lost(exc)  # type: ignore[no-untyped-call]  # likewise

    def data_received(self, data: bytes) -> None:
        """Take bytes; those of a head that dribbles in do not put off its time-out."""
        since = self._time
        in_head = self.http is not None and self.http.stage is Stage.REQUEST
        super().data_received(data)
        if in_head:
            self._time = since


def _too_many(address: str) -> bool:
    """Behind a load balancer all come from one address, and it keeps the bound itself."""
    given = settings()
    trusted = given.proxies_count > 0 or bool(given.real_ip_header)
    return given.rate_limits and not trusted and _held[address] >= MOST_OF_ADDRESS
