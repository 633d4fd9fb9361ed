"""Events in the order of their numbers, none left out, though transactions end in any order.

A number is drawn before its transaction ends: one may be read after greater ones. What is missing
between those that were read is kept in mind with the end of the snapshot in which it was first
missing. Its transaction had begun before (its number was drawn by then), so once every transaction
of before that end is over, the number has been read, or it was never used.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from backend.live import statements
from config.database import connection

AT_ONCE = 2000
KEPT = 50_000
"""How many of the newest events are kept; who missed more looks at everything again."""
LOOK_BACK = 10_000
"""How far before the newest event a reader looks for transactions that have not ended."""


class Kind(StrEnum):
    """What has happened: something of a task, or a new message."""

    TASK = "task"
    MESSAGE = "message"


class Event(NamedTuple):
    """One change that staff of a unit or one member hear of."""

    seq: int
    kind: Kind
    unit_code: str | None
    role: str | None
    staff_id: str | None
    by_staff_id: str | None
    case_id: str | None
    task_id: str | None
    message_id: str | None


@dataclass(slots=True)
class Reader:
    """Reads all events of the city, each once; `settled` is up to where none is missing."""

    newest: int
    missing: dict[int, int] = field(default_factory=dict)

    @property
    def settled(self) -> int:
        """All events up to here were read."""
        return min(self.missing) - 1 if self.missing else self.newest

    async def read(self) -> list[Event]:
        """What was committed since the last time, at most AT_ONCE of the newest."""
        given = [self.newest, list(self.missing), AT_ONCE]
        (row,) = await connection().execute_query_dict(statements.READ, given)
        found = _events(row["events"])
        self._take([event.seq for event in found], row["xmin"], row["xmax"])
        return found

    def _take(self, seqs: Iterable[int], xmin: int, xmax: int) -> None:
        """Note what was read in a snapshot with these bounds, and what is missing before it."""
        for seq in seqs:
            if seq > self.newest:
                first = max(self.newest + 1, seq - LOOK_BACK)
                self.missing.update(dict.fromkeys(range(first, seq), xmax))
                self.newest = seq
            else:
                self.missing.pop(seq, None)
        for seq in [each for each, end in self.missing.items() if end <= xmin]:
            del self.missing[seq]


async def begin() -> Reader:
    """A reader of what comes from now on, also of transactions that are under way."""
    first, last = await _ends()
    reader = Reader(max(first - 1, last - LOOK_BACK))
    while len(await reader.read()) >= AT_ONCE:
        pass
    return reader


async def missed(after: int, units: list[str], staff_id: UUID, *, most: int) -> list[Event] | None:
    """What a member of these units missed; None if that is not known, or more than so many."""
    _, last = await _ends()
    if not last - KEPT <= after <= last:
        return None
    given = [after, units, staff_id, most + 1]
    (row,) = await connection().execute_query_dict(statements.MISSED, given)
    found = _events(row["events"])
    return found if len(found) <= most else None


async def forget(*, now: datetime) -> int:  # noqa: ARG001 - they are counted, and not timed
    """Delete all but the KEPT newest events; how many."""
    return len(await connection().execute_query_dict(statements.FORGET, [KEPT]))


async def _ends() -> tuple[int, int]:
    (row,) = await connection().execute_query_dict(statements.ENDS)
    return row["first"], row["last"]


def _events(text: str | None) -> list[Event]:
    rows: list[list[Any]] = orjson.loads(text) if text else []
    return [Event(row[0], Kind(row[1]), *row[2:]) for row in rows]
