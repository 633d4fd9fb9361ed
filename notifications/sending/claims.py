"""Claiming due deliveries: each by one worker, one at a time per resident, a credit with each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise.transactions import in_transaction

from config.database import connection
from config.vault import sealed
from models import DeliveryStatus
from notifications.channels.wechat.templates import long_term

# Any number will do, as long as every release uses the same.
TURN = 0x636C61696D
# Claims of several residents' backlogs take turns: a claim that looked before another's commit
# would not see that the other is already writing to the same resident. The timeout, for this
# transaction only, keeps a worker that froze inside its turn from stopping all others.
TAKE_TURN = """
SELECT set_config('idle_in_transaction_session_timeout', '5s', true), pg_advisory_xact_lock($1)
"""
WAIT_FOR_CREDIT = "1 hour"
"""How long after its change a copy without credit waits for the resident's next tap."""

# OFFSET 0 keeps the planner from joining all candidates with all that is under way: it is one look
# into a small index for each, whatever the statistics of the moment say.
CLAIM = f"""
WITH candidate AS (
    SELECT d.id, d.resident_id, d.due_at FROM delivery d
    WHERE d.status IN ('pending', 'unknown') AND d.due_at <= now() AND d.expires_at > now()
      AND NOT EXISTS (
        SELECT FROM delivery busy
        WHERE busy.resident_id = d.resident_id AND busy.status IN ('sending', 'unknown')
          AND busy.id <> d.id AND (busy.status = 'sending' OR busy.template = d.template)
        OFFSET 0)
    ORDER BY d.due_at LIMIT $1 * 4
), turn AS (
    SELECT DISTINCT ON (resident_id) id, due_at FROM candidate ORDER BY resident_id, due_at, id
), due AS (
    SELECT d.id, d.resident_id, d.template, d.status, r.openid_sealed
    FROM delivery d JOIN resident r ON r.id = d.resident_id
    WHERE d.id IN (SELECT id FROM turn ORDER BY due_at LIMIT $1)
      AND d.status IN ('pending', 'unknown')
    FOR UPDATE OF d SKIP LOCKED
), spent AS (
    UPDATE subscription_credit c SET spent = c.spent + 1 FROM due
    WHERE due.status = 'pending' AND due.template <> ALL($2::text[])
      AND due.openid_sealed IS NOT NULL
      AND c.resident_id = due.resident_id AND c.template = due.template
      AND greatest(c.hints, c.grants) > c.spent
    RETURNING c.id, due.id AS delivery_id
), line AS (
    INSERT INTO credit_entry (id, created_at, credit_id, kind, delivery_id)
    SELECT uuidv7(), now(), id, 'spend', delivery_id FROM spent
), decided AS (
    -- Who was erased is written to no more.
    SELECT due.id, due.openid_sealed, due.status AS former, due.openid_sealed IS NOT NULL AND (
           due.status = 'unknown' OR due.template = ANY($2::text[]) OR spent.id IS NOT NULL
           ) AS ready
    FROM due LEFT JOIN spent ON spent.delivery_id = due.id
)
UPDATE delivery d SET
    status = CASE WHEN ready THEN 'sending' ELSE 'waiting_credit' END,
    attempts = d.attempts + ready::int,
    due_at = CASE WHEN ready THEN now() + $3 * interval '1 second'
                  ELSE d.created_at + interval '{WAIT_FOR_CREDIT}' END,
    provider_id = NULL, errcode = NULL, error = NULL
FROM decided WHERE d.id = decided.id
RETURNING d.id, d.attempts, d.template, d.page, d.data, d.created_at, d.expires_at, d.status,
          d.due_at, d.resident_id, decided.openid_sealed, decided.former
"""
EXPIRE = """
UPDATE delivery SET
    status = CASE WHEN provider_id IS NULL THEN 'unknown'
                  WHEN errcode IS NULL THEN 'delivered' ELSE 'failed' END,
    sent_at = CASE WHEN provider_id IS NULL THEN sent_at ELSE now() END,
    due_at = now() + $1 * interval '1 second', error = $2
WHERE status = 'sending' AND due_at <= now()
RETURNING id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that is ours until `lease`; `attempt`, from 1, fences the result.

    `former` is the state it was taken from: pending, or unknown.
    """

    id: UUID
    attempt: int
    lease: datetime
    former: DeliveryStatus
    openid: str
    template: str
    page: str
    data: dict[str, str]
    created_at: datetime
    expires_at: datetime


async def claim(limit: int, *, lease_seconds: float) -> tuple[list[Claimed], int]:
    """Take up to `limit` due deliveries, the longest due first, and count all that were touched.

    A copy that needs a credit takes it here, or goes to wait for one. One whose outcome is unknown
    still holds its credit, and keeps later ones of its template back: WeChat's event about it does
    not say which of them it means.
    """
    if not limit:
        return [], 0
    async with in_transaction():
        await connection().execute_query_dict(TAKE_TURN, [TURN])
        rows = await connection().execute_query_dict(
            CLAIM, [limit, list(long_term()), lease_seconds]
        )
    return [_claimed(row) for row in rows if row["status"] == DeliveryStatus.SENDING], len(rows)


async def expire(*, doubt_seconds: float) -> int:
    """Give up the leases of workers that died while sending, and count them.

    WeChat may have the message: it is resent after `doubt_seconds` without an event about it.
    """
    reason = "发送中断，结果未知"
    return len(await connection().execute_query_dict(EXPIRE, [doubt_seconds, reason]))


def _claimed(row: dict[str, Any]) -> Claimed:
    return Claimed(
        id=row["id"],
        attempt=row["attempts"],
        lease=row["due_at"],
        former=DeliveryStatus(row["former"]),
        openid=sealed.unseal(
            "resident", row["resident_id"], column="openid", stored=row["openid_sealed"]
        )
        or "",
        template=row["template"],
        page=row["page"],
        data=orjson.loads(row["data"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )
