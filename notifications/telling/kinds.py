"""The kinds of messages that one may want over a channel, or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from config.database import connection
from models import Channel, Importance
from notifications.telling import statements
from notifications.telling.funnel import TABLE
from notifications.telling.wordings import wordings

_MOST_FIRST = list(Importance)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind as its recipients know it; `importance` is the most that it has in any flow."""

    name: str
    label: str
    importance: Importance
    channels: tuple[Channel, ...]

    @property
    def mutable(self) -> bool:
        """Whether one may do without it: not where one must act."""
        return self.importance is not Importance.ACT


@cache
def kinds(*, residents: bool) -> Mapping[str, Kind]:
    """Those that go over a channel at all, by name; what matters most comes first."""
    found: dict[str, Kind] = {}
    for (subject, action), wording in wordings().items():
        row = TABLE[subject][action]
        if not row.over or row.to.resident is not residents:
            continue
        before = found.get(wording.kind)
        name, label = wording.kind, before.label if before else wording.title
        importances = [row.importance, *([before.importance] if before else [])]
        channels = dict.fromkeys([*(before.channels if before else ()), *row.over])
        most = min(importances, key=_MOST_FIRST.index)
        found[name] = Kind(name, label, most, tuple(channels))
    ordered = sorted(found.values(), key=lambda each: _MOST_FIRST.index(each.importance))
    return {each.name: each for each in ordered}


async def unmute_all(staff_id: UUID) -> None:
    """Delete what a member of staff muted, who leaves; in the transaction of that."""
    await connection().execute_query(statements.UNMUTE_ALL, [staff_id])
