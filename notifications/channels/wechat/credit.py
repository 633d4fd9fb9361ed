"""The credit ledger: how often we may still write to a resident by a template.

The client's hints and WeChat's events count the same taps, so the larger of the two counts; what
was spent comes off. Each change is a line of credit_entry. Of a long-term template nothing is ever
spent: there the counts only say that the resident consented.
"""

from datetime import datetime
from uuid import UUID

from config.database import connection
from notifications.channels.wechat import statements


async def hint(resident_id: UUID, template: str, *, now: datetime) -> None:
    """Count a tap that the client reports; run in a transaction, and `outbox.wake` after it."""
    await _earn(resident_id, template, "hint", now)


async def grant(resident_id: UUID, template: str, *, now: datetime) -> None:
    """Count a tap that WeChat's event reports; run in a transaction, and `outbox.wake` after it."""
    await _earn(resident_id, template, "grant", now)


async def refuse(resident_id: UUID, template: str, *, at: datetime, now: datetime) -> None:
    """Start the counts anew: the resident refused in WeChat's settings, so nothing is left.

    `at` is when they did, as WeChat tells it.
    """
    await connection().execute_query_dict(statements.REFUSE, [resident_id, template, at, now])


async def balances(resident_id: UUID) -> dict[str, int]:
    """How many messages of each template can still be sent, by our template names."""
    rows = await connection().execute_query_dict(statements.BALANCES, [resident_id])
    return {row["template"]: max(row["balance"], 0) for row in rows}


async def revive() -> int:
    """Let the copies go that have a credit after all; how many. `outbox.wake` after it."""
    return len(await connection().execute_query_dict(statements.REVIVE))


async def give_up(*, now: datetime) -> int:
    """Drop the copies that waited for a credit in vain; how many."""
    return len(await connection().execute_query_dict(statements.GIVE_UP, [now]))


async def _earn(resident_id: UUID, template: str, kind: str, now: datetime) -> None:
    await connection().execute_query_dict(statements.EARN, [resident_id, template, kind, now])
    await connection().execute_query_dict(statements.REVIVE_OF, [resident_id, template])
