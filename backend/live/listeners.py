"""Who listens in this process, and what each of them hears."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import orjson

from backend.cases.reading import scope
from backend.identity.actors import StaffActor
from backend.identity.tokens import Claims
from backend.live.events import Event, Kind

EACH = 6
"""How many streams one member of staff has at once in a process, as a browser has connections."""
CHECK_SECONDS = 25.0
"""How often a listener is asked who they are, and told that the stream is alive."""
RECONNECT_MS = (1000, 4000)
"""When a client comes again whose stream ended: not all at once."""


class Stream(Protocol):
    """The open answer that events are sent over."""

    def send(self, data: bytes) -> bool:
        """Send without waiting; False where nobody takes it any more, or too slowly."""

    def end(self) -> None:
        """Let the stream come to its end."""

    async def over(self) -> None:
        """Wait for that end."""


@dataclass(slots=True, eq=False)
class Listener:
    """One stream of a member of staff; `held` is what comes before they got what they missed."""

    claims: Claims
    stream: Stream
    check_at: float
    units: frozenset[str] = frozenset()
    posts: frozenset[tuple[str, str]] = frozenset()
    held: list[bytes] | None = None

    def put(self, data: bytes) -> bool:
        """Send it, or hold it back; False where nobody takes it any more."""
        if self.held is not None:
            self.held.append(data)
            return True
        return self.stream.send(data)

    def receives(self, event: Event) -> bool:
        """Whether it is for them, being of one of their units or to them."""
        if event.kind is Kind.TASK:
            return event.unit_code in self.units
        me = str(self.claims.subject)
        if event.staff_id is not None:
            return event.staff_id == me
        return (event.unit_code, event.role) in self.posts and event.by_staff_id != me


@dataclass(slots=True)
class Listeners:
    """All streams of this process, found by unit and by member of staff."""

    all: set[Listener] = field(default_factory=set)
    _by_unit: dict[str, set[Listener]] = field(default_factory=dict)
    _by_staff: dict[str, set[Listener]] = field(default_factory=dict)

    def of(self, by: StaffActor) -> int:
        """How many streams this member of staff has."""
        return len(self._by_staff.get(str(by.id), ()))

    def join(self, listener: Listener, by: StaffActor) -> None:
        """From now on it hears what is for this member of staff."""
        self.all.add(listener)
        self._by_staff.setdefault(str(by.id), set()).add(listener)
        self.move(listener, by)

    def move(self, listener: Listener, by: StaffActor) -> None:
        """The posts are these now."""
        self._forget_units(listener)
        listener.units = frozenset(post.unit_code for post in scope.reading(by))
        listener.posts = frozenset((post.unit_code, str(post.role)) for post in by.posts)
        for unit in listener.units | {unit for unit, _ in listener.posts}:
            self._by_unit.setdefault(unit, set()).add(listener)

    def leave(self, listener: Listener) -> None:
        """It hears nothing more."""
        self.all.discard(listener)
        self._forget_units(listener)
        _forget(self._by_staff, str(listener.claims.subject), listener)

    def dispatch(self, found: Iterable[Event], *, settled: int) -> Iterator[Listener]:
        """Tell each what is for them; gives those who take nothing any more."""
        told: dict[Listener, list[bytes]] = {}
        for event in found:
            near = self._by_unit.get(event.unit_code or "", set())
            theirs = self._by_staff.get(event.staff_id or "", set())
            if those := [each for each in (*near, *theirs) if each.receives(event)]:
                text = written(event, settled=settled)
                for listener in those:
                    told.setdefault(listener, []).append(text)
        for listener, texts in told.items():
            if not listener.put(b"".join((*texts, position(settled)))):
                yield listener

    def _forget_units(self, listener: Listener) -> None:
        for unit in listener.units | {unit for unit, _ in listener.posts}:
            _forget(self._by_unit, unit, listener)


def opening(settled: int) -> bytes:
    """The first words of a stream."""
    pause = random.randint(*RECONNECT_MS)  # noqa: S311 - nothing depends on its being unguessable
    return b"retry: %d\n%b" % (pause, position(settled))


def position(settled: int) -> bytes:
    """From where a client that comes again has missed something; tells also that we are alive."""
    return b"id: %d\n\n" % settled


def look_again(settled: int) -> bytes:
    """What was missed is not known."""
    return b"event: look_again\ndata: {}\n%b" % position(settled)


def written(event: Event, *, settled: int) -> bytes:
    """The event as it stands in a stream: which kind, and which things, and nothing of a person."""
    named = {
        "case_id": event.case_id,
        "task_id": event.task_id,
        "message_id": event.message_id,
    }
    data = orjson.dumps({name: value for name, value in named.items() if value})
    at = min(event.seq, settled)
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (at, event.kind.encode(), data)


def _forget(where: dict[str, set[Listener]], key: str, listener: Listener) -> None:
    if (there := where.get(key)) is not None:
        there.discard(listener)
        if not there:
            del where[key]


def jitter(seconds: float) -> float:
    """About so long, so that not all are due at once."""
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311 - likewise
