"""Transfers as the units see them that sent them or are asked to take over, and as figures."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import orjson

from backend.cases.clock import limits
from backend.cases.clock.limits import Light
from backend.cases.reading.to_do import statements, tasks
from backend.cases.record import listed, times
from backend.cases.record.listed import Listed
from backend.identity.actors import StaffActor
from config.clock import CITY_TIME, city_day
from config.database import connection
from models import Role, TransferState

Side = Literal["incoming", "outgoing"]
"""Sent to my units, or by them."""


class Waiting(NamedTuple):
    """An open transfer with its case; `due_at` is when whoever holds it must have acted."""

    id: str
    case: Listed
    from_code: str
    to_code: str
    sent_at: str
    due_at: str | None

    def light(self, now: datetime) -> Light:
        """How the time to act stands."""
        return limits.light(datetime.fromisoformat(self.due_at) if self.due_at else None, now)


class Latest(NamedTuple):
    """The last transfer of a case and what became of it."""

    from_code: str
    to_code: str
    state: TransferState
    sent_at: datetime
    ended_at: datetime | None


class Figures(NamedTuple):
    """How many transfers one unit sent another, and what became of them."""

    from_code: str
    to_code: str
    sent: int
    waiting: int
    accepted: int
    refused: int
    recalled: int
    lapsed: int


async def waiting(by: StaffActor, side: Side, *, before: UUID | None, limit: int) -> list[Waiting]:
    """Open transfers to the actor's units, or from them, newest first."""
    given = [tasks.units_of(by), before, limit]
    (row,) = await connection().execute_query_dict(statements.OPEN_TRANSFERS[side], given)
    rows: list[list[Any]] = orjson.loads(row["page"] or b"[]")
    cases = await listed.read([each[-1] for each in rows])
    return [
        Waiting(
            id=transfer_id,
            case=case,
            from_code=from_code,
            to_code=to_code,
            sent_at=times.told(sent_at),
            due_at=times.told(due_at) if due_at else None,
        )
        for (transfer_id, from_code, to_code, sent_at, due_at, _), case in zip(
            rows, cases, strict=True
        )
    ]


async def last_of(case_id: UUID) -> Latest | None:
    """The case's last transfer, open or ended; None where it was never sent on."""
    rows = await connection().execute_query_dict(statements.LAST_TRANSFER, [case_id])
    return _latest(rows[0]) if rows else None


async def figures(by: StaffActor, *, days: int, now: datetime) -> list[Figures]:
    """Of the last days, by pairs of units, those of which the actor supervises one."""
    paths = [f"{post.path}/%" for post in by.posts if post.role is Role.SUPERVISOR]
    if not paths:
        return []
    first = city_day(now) - timedelta(days=days - 1)
    since = datetime.combine(first, datetime.min.time(), CITY_TIME)
    rows = await connection().execute_query_dict(statements.TRANSFER_FIGURES, [since, paths])
    return [
        Figures(
            from_code=row["from_unit_id"],
            to_code=row["to_unit_id"],
            sent=row["sent"],
            waiting=row["waiting"],
            accepted=row["accepted"],
            refused=row["refused"],
            recalled=row["recalled"],
            lapsed=row["lapsed"],
        )
        for row in rows
    ]


def _latest(row: Mapping[str, Any]) -> Latest:
    return Latest(
        row["from_unit_id"],
        row["to_unit_id"],
        TransferState(row["state"]),
        row["created_at"],
        row["ended_at"],
    )
