"""A case as lists show it: PostgreSQL hands it over as JSON, ids and times as they are answered.

A page of whole rows costs several times as much: each value becomes an object, and then text again.
"""

from datetime import datetime
from typing import Any, NamedTuple

from backend.cases.record import times
from backend.cases.record.snapshot import OF_CASE, Snapshot, running_due
from backend.cases.rules.lifecycle import Outcome
from backend.catalogue import queries as catalogue
from backend.catalogue.queries import ItemVersion
from models import CaseStatus

_STATUSES = {status.value: status for status in CaseStatus}


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
            if (time := row[place]) is not None and len(time) not in times.USUAL:
                row[place] = times.told(time)
    return [Listed._make(row) for row in rows]


def of(case: Snapshot) -> Listed:
    """The same of a case that was read whole."""
    return Listed(
        id=str(case.id),
        number=case.number,
        resident_id=str(case.resident_id) if case.resident_id else None,
        status=case.status,
        holder_code=case.holder_code,
        holder_since=times.city_text(case.holder_since),
        outcome=case.outcome,
        submitted_at=times.city_text(case.submitted_at),
        accepted_at=times.city_text(case.accepted_at),
        decided_at=times.city_text(case.decided_at),
        closed_at=times.city_text(case.closed_at),
        notice_due_at=times.city_text(case.notice_due_at),
        promised_due_at=times.city_text(case.promised_due_at),
        statutory_due_at=times.city_text(case.statutory_due_at),
        version=case.version,
        item=case.item,
    )
