"""Who of the staff has no part in a case 回避: declared, or because the case is their own.

公务员法 76 and 77: whoever it concerns applies for it, and the office may decide it unasked. Whose
case it is follows from the WeChat account: whoever works with it and, with the same one, is the
applicant, their person or who filed it. Who has another account as a resident declares it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from backend.cases.record import statements, supervisors
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.refusals import OwnCase, StaffRecused
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from config.clock import city_day
from config.database import connection
from config.vault import sealed
from models import Recusal, uuid7
from notifications.telling import messages
from notifications.telling.outgoing import Outgoing


class Recused(NamedTuple):
    """Who was recused when, and by whom, which may be themselves; the reason is private."""

    staff_id: UUID
    at: datetime
    made_by: UUID
    reason: str


async def check(case_id: UUID, by: StaffActor) -> None:
    """Raise StaffRecused or OwnCase for who may have no part in the case."""
    found = await _barred([case_id], [by.id])
    if found:
        raise StaffRecused if found[case_id, by.id] else OwnCase


async def barred(cases: Iterable[UUID], staff: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Of these cases and members of staff the pairs that may have no part in each other."""
    return set(await _barred(list(cases), list(staff)))


async def _barred(cases: list[UUID], staff: list[UUID]) -> dict[tuple[UUID, UUID], bool]:
    rows = await connection().execute_query_dict(statements.BARRED, [cases, staff])
    return {(row["case_id"], row["staff_id"]): row["recused"] for row in rows}


async def of_case(case_id: UUID) -> list[Recused]:
    """The recusals of the case that have not ended, the first one first."""
    rows = await connection().execute_query_dict(statements.RECUSALS, [case_id])
    return [
        Recused(
            row["staff_id"],
            row["created_at"],
            row["made_by"],
            sealed.unseal("recusal", row["id"], column="reason", stored=row["reason_sealed"]) or "",
        )
        for row in rows
    ]


async def add(case: Snapshot, staff_id: UUID, *, made_by: UUID, reason: str, at: datetime) -> None:
    """Write it down; there must be none yet."""
    recusal_id = uuid7()
    await Recusal.create(
        id=recusal_id,
        created_at=at,
        case_id=case.id,
        staff_id=staff_id,
        made_by=made_by,
        reason_sealed=sealed.seal("recusal", recusal_id, column="reason", text=reason),
    )


async def end(case_id: UUID, staff_id: UUID, *, ended_by: UUID, at: datetime) -> None:
    """End it; kept with its reason, and whoever it was of may be recused anew."""
    in_force = Recusal.filter(case_id=case_id, staff_id=staff_id, ended_at=None)
    await in_force.update(ended_at=at, ended_by=ended_by)


async def nobody_left(case: Snapshot, holder_code: str, *, at: datetime) -> list[Outgoing]:
    """Tell the holder's supervisor, or the next above, where nobody can do the case's task now.

    Nobody is told where nobody supervises.
    """
    today = city_day(at)
    [task] = await connection().execute_query_dict(statements.LEFT, [case.id, today])
    if task["anybody"]:
        return []
    return [
        messages.staff_message(
            "unstaffed",
            to=to,
            case_id=case.id,
            number=case.number,
            item_name=case.item.name,
            at=at,
            due=city_day(task["due_at"]) if task["due_at"] else None,
        )
        for to in await supervisors.above(organisation.known_or_not(holder_code).path, on=today)
    ]
