"""The SQL of sending: claims, leases, outcomes.

Locks are taken in this order: the turn (advisory), deliveries, credits. A claim passes over
deliveries that another holds; who records outcomes or an event waits for them. What a channel
takes for a copy stands with the channel.
"""

from notifications.channels.wechat import statements as wechat

# Locks the turn: claims of several residents' backlogs go one after the other, since a claim that
# looked before another's commit would not see that the other is already writing to the same
# resident. The timeout, for this transaction only, keeps a worker that froze inside its turn from
# stopping all others.
TAKE_TURN = """
SELECT set_config('idle_in_transaction_session_timeout', '5s', true), pg_advisory_xact_lock($1)
"""

# Locks the deliveries it takes, then their credits. OFFSET 0 keeps the planner from joining all
# candidates with all that is under way: it is one look into a small index for each, whatever the
# statistics of the moment say.
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
    SELECT d.id, d.resident_id, d.template, d.status, d.reserve, r.openid_sealed
    FROM delivery d JOIN resident r ON r.id = d.resident_id
    WHERE d.id IN (SELECT id FROM turn ORDER BY due_at LIMIT $1)
      AND d.status IN ('pending', 'unknown')
    FOR UPDATE OF d SKIP LOCKED
), {wechat.SPEND}, decided AS (
    -- Who was erased is written to no more.
    SELECT due.id, due.openid_sealed, due.status AS former, due.openid_sealed IS NOT NULL AND (
           due.status = 'unknown' OR due.template = ANY($2::text[]) OR spent.id IS NOT NULL
           ) AS ready, CASE WHEN spent.id IS NULL THEN {wechat.WHY_NOT} END AS why_not
    FROM due LEFT JOIN spent ON spent.delivery_id = due.id
)
UPDATE delivery d SET
    status = CASE WHEN ready THEN 'sending' ELSE 'waiting_credit' END,
    attempts = d.attempts + ready::int,
    due_at = CASE WHEN ready THEN now() + $3 * interval '1 second'
                  ELSE d.created_at + interval '{wechat.WAIT_FOR_CREDIT}' END,
    reason = CASE WHEN NOT ready THEN why_not END,
    provider_id = NULL, errcode = NULL, error = NULL
FROM decided WHERE d.id = decided.id
RETURNING d.id, d.channel, d.attempts, d.template, d.page, d.data, d.created_at, d.expires_at,
          d.status, d.due_at, d.resident_id, decided.openid_sealed, decided.former
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

# Locks the deliveries, then their credits. The number of a claim that led to no attempt is given
# again, so that such a claim is told by the end of its lease too. An event may overtake the answer
# to the sending it is about: the row in flight then already bears the msgid, and an errcode if
# WeChat could not deliver it (see confirmations).
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
        reason = CASE WHEN o.status = 'waiting_credit' THEN 'no_credit' END,
        errcode = CASE WHEN o.confirmed THEN d.errcode ELSE o.errcode END,
        error = CASE WHEN o.confirmed THEN d.error ELSE o.error END,
        sent_at = CASE WHEN o.confirmed OR o.status = 'sent' THEN now() ELSE d.sent_at END,
        due_at = CASE WHEN o.status = 'waiting_credit'
                      THEN d.created_at + interval '{wechat.WAIT_FOR_CREDIT}'
                      ELSE now() + coalesce(o.wait, 0) * interval '1 second' END
    FROM outcome o WHERE d.id = o.id
    RETURNING d.id, d.resident_id, d.template, d.status, o.credit
), {wechat.SETTLE}
SELECT id, status FROM settled
"""

LET_LAPSE = """
UPDATE delivery SET status = 'failed', error = coalesce(error || '；', '') || $1
WHERE status IN ('pending', 'unknown') AND due_at <= now() AND expires_at <= $2 RETURNING id
"""

OLDEST = """
SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS seconds
FROM delivery WHERE status IN ('pending', 'unknown') AND due_at <= now()
"""
