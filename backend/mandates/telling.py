"""Telling the sides of a mandate what became of it."""

from datetime import datetime
from uuid import UUID

from backend.mandates import statements
from config.database import connection
from notifications.telling import messages, outbox


async def tell(action: str, person_id: UUID | None, *, now: datetime, window: str = "") -> None:
    """Tell all accounts of the person; in the transaction of the change."""
    rows = await connection().execute_query_dict(statements.ACCOUNTS, [person_id])
    await outbox.enqueue(
        *(
            messages.mandate_message(action, resident_id=row["id"], at=now, window=window)
            for row in rows
        )
    )
