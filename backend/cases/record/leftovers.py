"""Cases that a confirmation left to their account, because another of the same was open."""

from backend.cases.record import statements
from backend.cases.record.snapshot import Snapshot
from config.database import connection


async def settle(ended: Snapshot) -> None:
    """Bring under the person what no longer stands in the way: the case that ended, or another.

    To be called in the transaction that ends it, after its row has been written: who files the
    same meanwhile waits for that row, and then finds the other one.
    """
    if ended.subject_id is None:
        await connection().execute_query(statements.SETTLE_ENDED, [ended.id])
    else:
        await connection().execute_query(statements.SETTLE_NEXT, [ended.id, ended.subject_id])
