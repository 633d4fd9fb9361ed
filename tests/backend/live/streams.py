"""Listeners, and the streams that they listen to, without a connection."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from backend.identity.actors import PostView, StaffActor
from backend.identity.tokens import Claims
from backend.live.events import Event, Kind
from backend.live.listeners import Listener
from models import Audience, Role, UnitLevel

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


class Kept:
    """A stream that keeps what is sent; as a slow client's, it takes none of it."""

    def __init__(self, *, slow: bool = False) -> None:
        self.sent: list[bytes] = []
        self.ended = False
        self.slow = slow

    def send(self, data: bytes) -> bool:
        if not self.slow:
            self.sent.append(data)
        return not self.slow

    def end(self) -> None:
        self.ended = True

    async def over(self) -> None:
        """Nobody waits here."""


def a_post(unit: str, role: Role) -> PostView:
    return PostView(
        role=role,
        unit_code=unit,
        unit_name="某社区",
        level=UnitLevel.COMMUNITY,
        path=unit,
        department_code=None,
        since=NOW,
    )


def somebody(*posts: tuple[str, Role], staff_id: UUID | None = None) -> StaffActor:
    held = tuple(a_post(unit, role) for unit, role in posts)
    return StaffActor(staff_id or uuid4(), uuid4(), held)


def a_listener(by: StaffActor, *, slow: bool = False) -> tuple[Listener, Kept]:
    """This member of staff, listening to a stream."""
    stream = Kept(slow=slow)
    return Listener(Claims(Audience.STAFF, by.id, by.session_id), stream, 0.0), stream


def a_task(seq: int, unit: str) -> Event:
    return Event(seq, Kind.TASK, unit, None, None, None, f"case-{seq}", f"task-{seq}", None)


def a_message(
    seq: int,
    *,
    unit: str | None = None,
    role: Role | None = None,
    to: UUID | None = None,
    by: UUID | None = None,
) -> Event:
    """A message to a role of a unit, or to one member of staff; perhaps about somebody's act."""
    return Event(
        seq,
        Kind.MESSAGE,
        unit,
        role,
        str(to) if to else None,
        str(by) if by else None,
        None,
        None,
        f"message-{seq}",
    )
