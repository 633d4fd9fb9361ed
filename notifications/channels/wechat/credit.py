"""The credit ledger: how often we may still write to a resident by a template.

The client's hints and WeChat's events count the same taps, so the larger of the two counts; what
was spent comes off. Each change is a line of credit_entry. Of a long-term template nothing is ever
spent: there the counts only say that the resident consented.
"""

from datetime import datetime
from uuid import UUID

from config.database import connection

EARN = """
WITH credit AS (
    INSERT INTO subscription_credit (id, created_at, resident_id, template, hints, grants, spent)
    VALUES (uuidv7(), $4, $1, $2, ($3 = 'hint')::int, ($3 = 'grant')::int, 0)
    ON CONFLICT (resident_id, template) DO UPDATE SET
        hints = subscription_credit.hints + excluded.hints,
        grants = subscription_credit.grants + excluded.grants
    RETURNING id
)
INSERT INTO credit_entry (id, created_at, credit_id, kind)
SELECT uuidv7(), $4, id, $3 FROM credit
"""
REFUSE = """
WITH credit AS (
    INSERT INTO subscription_credit
        (id, created_at, resident_id, template, hints, grants, spent, refused_at)
    VALUES (uuidv7(), $4, $1, $2, 0, 0, 0, $3)
    ON CONFLICT (resident_id, template) DO UPDATE SET
        hints = 0, grants = 0, spent = 0, refused_at = excluded.refused_at
    RETURNING id
)
INSERT INTO credit_entry (id, created_at, credit_id, kind)
SELECT uuidv7(), $4, id, 'void' FROM credit
"""
REVIVE = """
UPDATE delivery SET status = 'pending', due_at = now()
WHERE status = 'waiting_credit' AND resident_id = $1 AND template = $2 AND due_at > now()
"""
BALANCES = """
SELECT template, greatest(hints, grants) - spent AS balance
FROM subscription_credit WHERE resident_id = $1
"""


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
    await connection().execute_query_dict(REFUSE, [resident_id, template, at, now])


async def balances(resident_id: UUID) -> dict[str, int]:
    """How many messages of each template can still be sent, by our template names."""
    rows = await connection().execute_query_dict(BALANCES, [resident_id])
    return {row["template"]: max(row["balance"], 0) for row in rows}


async def _earn(resident_id: UUID, template: str, kind: str, now: datetime) -> None:
    await connection().execute_query_dict(EARN, [resident_id, template, kind, now])
    await connection().execute_query_dict(REVIVE, [resident_id, template])
