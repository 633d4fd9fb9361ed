"""The worker's own periodic job: what no tap, answer or event will move any more."""

from datetime import datetime

import structlog

from config.database import connection
from notifications.sending import backlog, gauges
from notifications.telling.outbox import wake

log = structlog.get_logger(__name__)

GIVE_UP = """
UPDATE delivery SET status = 'failed', error = $1, errcode = coalesce(errcode, $2::int)
WHERE status = 'waiting_credit' AND due_at <= $3 RETURNING id
"""
LET_LAPSE = """
UPDATE delivery SET status = 'failed', error = coalesce(error || '；', '') || $1
WHERE status IN ('pending', 'unknown') AND due_at <= now() AND expires_at <= $2 RETURNING id
"""
# A credit may have come in the moment between a worker's look and its verdict.
REVIVE = """
UPDATE delivery d SET status = 'pending', due_at = now()
FROM subscription_credit c
WHERE d.status = 'waiting_credit' AND d.due_at > now() AND (
    c.resident_id = d.resident_id AND c.template = d.template
    AND greatest(c.hints, c.grants) > c.spent)
RETURNING d.id
"""
NO_CREDIT = 43101


async def sweep(*, now: datetime) -> None:
    """Revive copies that have a credit after all; give up those too late to be of use."""
    revived = await connection().execute_query_dict(REVIVE)
    unpaid = await connection().execute_query_dict(GIVE_UP, ["没有可用的订阅次数", NO_CREDIT, now])
    lapsed = await connection().execute_query_dict(LET_LAPSE, ["超过24小时未能送出", now])
    gauges.DELIVERIES.labels("", "failed", "no_credit").inc(len(unpaid))
    gauges.DELIVERIES.labels("", "failed", "expired").inc(len(lapsed))
    gauges.BACKLOG.set(await backlog.oldest_unsent_seconds())
    if revived:
        wake()
    if lapsed:
        log.error("deliveries_expired", count=len(lapsed))
