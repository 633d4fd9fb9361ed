"""A circuit breaker: a server that does not answer is left alone for a while and delays nobody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from time import monotonic

import structlog

from config.metrics import Gauge

PAUSE_SECONDS = 5.0

LEFT_ALONE = Gauge(
    "yikou_breaker_open",
    "Processes that leave a server alone because it did not answer",
    ["server"],
    multiprocess_mode="livesum",
)

log = structlog.get_logger(__name__)


class State(StrEnum):
    """Calls go through; they are refused; the next one goes through and decides."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """What one process knows of one server: after `most` failures in a row its calls are refused.

    From then on one call goes through every five seconds, and its answer ends the refusals. The
    line of the end counts its seconds from the first of those failures.
    `fails` tells an error that the server is in trouble from one that it answered with, and
    `refusal` makes the error that refused callers get.
    """

    def __init__(
        self,
        server: str,
        *,
        fails: Callable[[Exception], bool],
        refusal: Callable[[], Exception],
        most: int = 1,
    ) -> None:
        self._server = server
        self._fails = fails
        self._refusal = refusal
        self._most = most
        self._failures = 0
        self._since = 0.0
        self._until: float | None = None
        self._probing = False
        self._refused = 0
        self._gauge = LEFT_ALONE.labels(server)
        self._gauge.set(0)

    @property
    def state(self) -> State:
        """What would become of the next call."""
        if self._until is None:
            return State.CLOSED
        waiting = self._probing or monotonic() < self._until
        return State.OPEN if waiting else State.HALF_OPEN

    def permits(self, wanted: int) -> int:
        """How many of so many calls would go through now."""
        return {State.CLOSED: wanted, State.HALF_OPEN: min(1, wanted), State.OPEN: 0}[self.state]

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Surround one call; raises the refusal at once while the server is left alone."""
        probe = self._enter()
        try:
            yield
        except Exception as error:
            if self._fails(error):
                self._failed(type(error).__name__, probe=probe)
            else:
                self._answered(probe=probe)
            raise
        except BaseException as left:
            # Who gave up waiting has learned nothing; but no other may wait right after them.
            if probe:
                self._failed(type(left).__name__, probe=True)
            raise
        else:
            self._answered(probe=probe)

    def close(self) -> None:
        """Let all calls through: the server has just answered, whoever asked it."""
        self._failures = 0
        if self._until is None:
            return
        self._until = None
        self._gauge.set(0)
        seconds = round(monotonic() - self._since, 1)
        log.info("breaker_closed", server=self._server, refused=self._refused, seconds=seconds)

    def _enter(self) -> bool:
        """Whether this call is the one that decides."""
        state = self.state
        if state is State.OPEN:
            self._refused += 1
            raise self._refusal()
        self._probing = self._probing or state is State.HALF_OPEN
        return state is State.HALF_OPEN

    def _answered(self, *, probe: bool) -> None:
        if probe:
            self._probing = False
        # An answer to a call of before says nothing of now.
        if probe or self._until is None:
            self.close()

    def _failed(self, error: str, *, probe: bool) -> None:
        if probe:
            self._probing = False
        if self._until is not None:
            if probe:
                self._until = monotonic() + PAUSE_SECONDS
            return
        if not self._failures:
            self._since = monotonic()
        self._failures += 1
        if self._failures < self._most:
            return
        self._until = monotonic() + PAUSE_SECONDS
        self._refused = 0
        self._gauge.set(1)
        log.warning("breaker_opened", server=self._server, error=error)
