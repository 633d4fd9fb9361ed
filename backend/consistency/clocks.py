"""The limits of a case, computed again from its events and its version of the item."""

from dataclasses import dataclass
from typing import Any

from backend.cases.clock import history
from backend.consistency.checks import Check, Connection, Faults, faults

# Which moments start the limits is what `history.clocks` says; here over all cases at once.
_CASES = """
SELECT c.id::text, c.accepted_at, c.notice_due_at, c.promised_due_at, c.statutory_due_at,
       v.notice_days, v.notice_unit, v.statutory_days, v.statutory_unit,
       v.promised_days, v.promised_unit, e.complete_at
FROM "case" c JOIN item_version v ON v.id = c.item_version_id
JOIN (SELECT case_id, max(created_at) AS complete_at FROM case_event
      WHERE action IN ('submit', 'supplement') AND after = 'submitted' GROUP BY case_id) e
    ON e.case_id = c.id
"""


@dataclass(frozen=True, kw_only=True)
class _Limits:
    notice_days: int
    notice_unit: str
    promised_days: int
    promised_unit: str
    statutory_days: int | None
    statutory_unit: str | None


async def _wrong(connection: Connection) -> Faults:
    return faults([row["id"] async for row in connection.cursor(_CASES) if _differs(row)])


def _differs(row: Any) -> bool:
    item = _Limits(**{name: row[name] for name in _Limits.__dataclass_fields__})
    accepted_at, complete_at = row["accepted_at"], row["complete_at"]
    due = history.ending(complete_at=complete_at, accepted_at=accepted_at, item=item)
    return any(row[name] != getattr(due, name) for name in due.__slots__)


CHECKS = [
    Check(
        "limits_recomputed",
        "办件的到期时间与按经过和日历计算的一致"
        " / A case's limits end when its events and the calendar say.",
        _wrong,
    )
]
"""Checks of clocks."""
