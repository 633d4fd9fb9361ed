"""The limits of a case, computed again from its events and its version of the item."""

from datetime import datetime
from typing import Any

from backend.cases.clock import limits
from backend.cases.clock.limits import Unit
from backend.consistency.checks import Check, Connection, Faults, faults

# The five days of the notice start with the application, and anew when it was completed before
# it was accepted.
_CASES = """
SELECT c.id::text, c.accepted_at, c.notice_due_at, c.promised_due_at, c.statutory_due_at,
       v.statutory_days, v.statutory_unit, v.promised_days, v.promised_unit, e.complete_at
FROM "case" c JOIN item_version v ON v.id = c.item_version_id
JOIN (SELECT case_id, max(created_at) AS complete_at FROM case_event
      WHERE action IN ('submit', 'supplement') AND after = 'submitted' GROUP BY case_id) e
    ON e.case_id = c.id
"""


async def _wrong(connection: Connection) -> Faults:
    return faults([row["id"] async for row in connection.cursor(_CASES) if _differs(row)])


def _differs(row: Any) -> bool:
    notice = limits.due_at(row["complete_at"], limits.NOTICE_DAYS, Unit.WORKING_DAY)
    return bool(
        row["notice_due_at"] != notice
        or row["promised_due_at"] != _due(row, "promised")
        or row["statutory_due_at"] != _due(row, "statutory")
    )


def _due(row: Any, limit: str) -> datetime | None:
    days, unit = row[f"{limit}_days"], row[f"{limit}_unit"]
    if row["accepted_at"] is None or days is None or unit is None:
        return None
    return limits.due_at(row["accepted_at"], days, Unit(unit))


CHECKS = [
    Check(
        "limits_recomputed",
        "A case's limits end when its events and the calendar say.",
        _wrong,
    )
]
"""Checks of clocks."""
