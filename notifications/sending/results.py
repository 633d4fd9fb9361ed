"""Recording outcomes: in bulk, only for the attempt that made them, the credits with them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from config import encoding
from config.database import connection
from models import DeliveryStatus
from notifications.channels.attempts import Outcome
from notifications.sending import statements


async def record(outcomes: Sequence[Outcome]) -> dict[UUID, DeliveryStatus]:
    """Write what became of each delivery, and give the states that were written.

    An outcome that comes after its lease ended is not written: another attempt may be under way.
    """
    rows = await connection().execute_query_dict(
        statements.RECORD,
        [encoding.dumps([_row(outcome) for outcome in outcomes]).decode()],
    )
    return {row["id"]: DeliveryStatus(row["status"]) for row in rows}


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "attempt": outcome.attempt,
        "status": outcome.status,
        "wait": outcome.wait,
        "errcode": outcome.errcode,
        "error": outcome.error,
        "provider_id": outcome.provider_id,
        "credit": outcome.credit,
        "lease": outcome.lease,
    }
