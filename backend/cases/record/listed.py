"""A case as lists show it: PostgreSQL hands it over as JSON, ids and times as they are answered.

A page of whole rows costs several times as much: each value becomes an object, and then text again.
"""

from datetime import datetime
from typing import Any, NamedTuple, overload

from backend.cases.record.snapshot import OF_CASE, Snapshot, running_due
from backend.cases.rules.lifecycle import Outcome
from backend.catalogue import queries as catalogue
from backend.catalogue.queries import ItemVersion
from config.clock import CITY_TIME
from models import CaseStatus

_STATUSES = {status.value: status for status in CaseStatus}
# With six digits of a second, or none: PostgreSQL leaves out zeros at the end.
_USUAL = {len("2026-07-01T09:00:00+08:00"), len("2026-07-01T09:00:00.000001+08:00")}


class Listed(NamedTuple):
    """The fields of a `Snapshot` that lists show, by the same names."""

    id: str
    number: str
    resident_id: str | None
    status: CaseStatus
    holder_code: str
    holder_since: str
    outcome: Outcome | None
    submitted_at: str
    accepted_at: str | None
    decided_at: str | None
    closed_at: str | None
    notice_due_at: str
    promised_due_at: str | None
    statutory_due_at: str | None
    version: int
    item: ItemVersion

    @property
    def running_due_at(self) -> datetime | None:
        """The due date the light shows, see `running_due`."""
        text = running_due(self)
        return datetime.fromisoformat(text) if text else None


_FIELDS = Listed._fields[:-1]
LISTED = OF_CASE.array("c", [*_FIELDS, "item_version_id"])
"""What `read` takes, of a case `c`."""
_STATUS = _FIELDS.index("status")
_TIMES = [n for n, name in enumerate(_FIELDS) if name.endswith(("_at", "_since"))]


async def read(rows: list[list[Any]]) -> list[Listed]:
    """The cases of rows that are each a `LISTED`; they are used up."""
    for row in rows:
        row[_STATUS] = _STATUSES[row[_STATUS]]
        row[-1] = await catalogue.version_named(row[-1])
        for place in _TIMES:
            if (time := row[place]) is not None and len(time) not in _USUAL:
                row[place] = told(time)
    return [Listed._make(row) for row in rows]


def of(case: Snapshot) -> Listed:
    """The same of a case that was read whole."""
    return Listed(
        id=str(case.id),
        number=case.number,
        resident_id=str(case.resident_id) if case.resident_id else None,
        status=case.status,
        holder_code=case.holder_code,
        holder_since=city_text(case.holder_since),
        outcome=case.outcome,
        submitted_at=city_text(case.submitted_at),
        accepted_at=city_text(case.accepted_at),
        decided_at=city_text(case.decided_at),
        closed_at=city_text(case.closed_at),
        notice_due_at=city_text(case.notice_due_at),
        promised_due_at=city_text(case.promised_due_at),
        statutory_due_at=city_text(case.statutory_due_at),
        version=case.version,
        item=case.item,
    )


def told(time: str) -> str:
    """A time of PostgreSQL's JSON as all times are answered; connections are set to the city's."""
    return time if len(time) in _USUAL else datetime.fromisoformat(time).isoformat()


@overload
def city_text(moment: datetime) -> str: ...
@overload
def city_text(moment: None) -> None: ...
def city_text(moment: datetime | None) -> str | None:
    """The same of a time that was read as one."""
    return moment.astimezone(CITY_TIME).isoformat() if moment else None
