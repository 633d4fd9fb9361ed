"""Which accounts are told of a case."""

from uuid import UUID

from backend.cases.record import statements
from backend.cases.record.snapshot import Snapshot
from config.database import connection


async def of(case: Snapshot) -> list[UUID]:
    """The account that filed it; of a case filed for somebody all that the person has by now."""
    if case.resident_id is not None:
        return [case.resident_id]
    rows = await connection().execute_query_dict(statements.ACCOUNTS, [case.subject_id])
    return [row["id"] for row in rows]
