"""Recording outcomes: in bulk, only for the attempt that made them, the credits with them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from config.database import connection
from models import DeliveryStatus
from notifications.sending.claims import WAIT_FOR_CREDIT
from notifications.sending.outcomes import Outcome

# The number of a claim that led to no attempt is given again, so that such a claim is told by the
# end of its lease too.
# An event may overtake the answer to the sending it is about: the row in flight then already bears
# the msgid, and an errcode if WeChat could not deliver it (see confirmations).
RECORD = f"""
WITH result AS (
    SELECT * FROM jsonb_to_recordset($1::text::jsonb) AS r(
        id uuid, attempt int, status text, wait float8, errcode int, error text,
        provider_id text, credit text, lease timestamptz)
), outcome AS (
    SELECT r.*, r.status IN ('sent', 'unknown') AND d.provider_id IS NOT NULL
           AND d.provider_id = coalesce(r.provider_id, d.provider_id) AS confirmed
    FROM delivery d JOIN result r ON r.id = d.id
    WHERE d.status = 'sending' AND d.attempts = r.attempt AND d.due_at = coalesce(r.lease, d.due_at)
    FOR UPDATE OF d
), settled AS (
    UPDATE delivery d SET
        status = CASE WHEN NOT o.confirmed THEN o.status
                      WHEN d.errcode IS NULL THEN 'delivered' ELSE 'failed' END,
        attempts = d.attempts - (o.lease IS NOT NULL)::int,
        provider_id = CASE WHEN o.confirmed THEN d.provider_id ELSE o.provider_id END,
        errcode = CASE WHEN o.confirmed THEN d.errcode ELSE o.errcode END,
        error = CASE WHEN o.confirmed THEN d.error ELSE o.error END,
        sent_at = CASE WHEN o.confirmed OR o.status = 'sent' THEN now() ELSE d.sent_at END,
        due_at = CASE WHEN o.status = 'waiting_credit'
                      THEN d.created_at + interval '{WAIT_FOR_CREDIT}'
                      ELSE now() + coalesce(o.wait, 0) * interval '1 second' END
    FROM outcome o WHERE d.id = o.id
    RETURNING d.id, d.resident_id, d.template, d.status, o.credit
), credit AS (
    UPDATE subscription_credit c SET
        hints = CASE s.credit WHEN 'void' THEN 0 ELSE c.hints END,
        grants = CASE s.credit WHEN 'void' THEN 0 ELSE c.grants END,
        spent = CASE s.credit WHEN 'void' THEN 0 ELSE c.spent - 1 END
    FROM settled s
    WHERE c.resident_id = s.resident_id AND c.template = s.template
      AND (s.credit = 'void' OR s.credit = 'refund' AND c.spent > 0)
    RETURNING c.id, s.credit AS kind, s.id AS delivery_id
), line AS (
    INSERT INTO credit_entry (id, created_at, credit_id, kind, delivery_id)
    SELECT uuidv7(), now(), id, kind, delivery_id FROM credit
)
SELECT id, status FROM settled
"""


async def record(outcomes: Sequence[Outcome]) -> dict[UUID, DeliveryStatus]:
    """Write what became of each delivery, and give the states that were written.

    An outcome that comes after its lease ended is not written: another attempt may be under way.
    """
    rows = await connection().execute_query_dict(
        RECORD,
        [orjson.dumps([_row(outcome) for outcome in outcomes], default=str).decode()],
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
