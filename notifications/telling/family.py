"""Whom somebody named as family hears that something goes on, and nothing of what."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from config.database import connection
from models import Importance
from notifications.telling import messages, statements
from notifications.telling.outgoing import Outgoing
from notifications.telling.recipients import Resident

TOLD = frozenset({Importance.ACT, Importance.RESULT})
"""What a family member is told of; what only informs would be too often."""


async def told_of(outgoing: Sequence[Outgoing]) -> list[Outgoing]:
    """What family members are told beside these, once each; in the transaction of the change."""
    at: dict[UUID, datetime] = {
        each.to.id: each.at
        for each in outgoing
        if isinstance(each.to, Resident)
        and each.importance in TOLD
        and (each.case_id or each.appointment_id)
    }
    if not at:
        return []
    rows = await connection().execute_query_dict(statements.RELATIVES, [list(at)])
    return [
        messages.family_message(
            "progress", to=Resident(row["relative_id"]), at=at[row["principal_id"]]
        )
        for row in rows
    ]
