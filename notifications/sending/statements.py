"""The SQL of sending: claims, leases, outcomes.

Locks are taken in this order: the turn (advisory), deliveries, credits. A claim passes over
deliveries that another holds; who records outcomes or an event waits for them. What a channel
takes for a copy stands with the channel.
"""

from models import Channel
from notifications.channels.sms import statements as sms
from notifications.channels.taking import Taking
from notifications.channels.wechat import statements as wechat
from notifications.channels.wecom import statements as wecom
from notifications.telling.statements import muted

# Locks the turn of the channel: claims of several residents' backlogs go one after the other, since
# a claim that looked before another's commit would not see that the other is already writing to the
# same resident. The timeout, for this transaction only, keeps a worker that froze inside its turn
# from stopping all others.
TAKE_TURN = """
SELECT set_config('idle_in_transaction_session_timeout', '5s', true), pg_advisory_xact_lock($1)
"""

# When it could go first: its change, or the end of the night after it.
_READY = "coalesce(d.held_until, d.created_at)"


# Locks the deliveries it takes, then what the channel takes for them. Who is told something
# important goes first, and is told in order; else who has waited longest. OFFSET 0 keeps the
# planner from joining all candidates with all that is under way: it is one look into a small index
# for each, whatever the statistics of the moment say.
def _claim(channel: Channel, taking: Taking) -> str:
    """The claim of what is due over a channel."""
    who = f"{taking.whose}_id"
    candidate = f"SELECT d.id, d.{who} AS who, d.due_at, d.important FROM delivery d"
    due = f"""d.status IN ('pending', 'unknown') AND d.due_at <= now() AND d.expires_at > now()
          AND {taking.allowed} AND NOT EXISTS (
            SELECT FROM delivery busy
            WHERE busy.{who} = d.{who} AND busy.status IN ('sending', 'unknown')
              AND busy.id <> d.id AND busy.channel = d.channel
              AND (busy.status = 'sending' OR busy.template = d.template)
            OFFSET 0)
        ORDER BY d.due_at LIMIT $1 * 4"""
    return f"""
WITH candidate AS (
    ({candidate} WHERE d.channel = '{channel}' AND d.important AND {due})
    UNION ALL
    ({candidate} WHERE d.channel = '{channel}' AND NOT d.important AND {due})
), turn AS (
    SELECT DISTINCT ON (who) id, due_at, bool_or(important) OVER (PARTITION BY who) AS important
    FROM candidate ORDER BY who, due_at, id
), due AS (
    SELECT d.id, d.resident_id, d.template, d.status, d.reserve, {taking.address}
    FROM delivery d JOIN {taking.whose} r ON r.id = d.{who} {taking.join}
    WHERE d.id IN (SELECT id FROM turn ORDER BY important DESC, due_at LIMIT $1)
      AND d.status IN ('pending', 'unknown')
    FOR UPDATE OF d SKIP LOCKED
), {taking.pay}decided AS (
    -- Who was erased has no address, and is written to no more.
    SELECT due.id, due.address, due.kept_in, due.kept_of, due.kept_as, due.status AS former,
           due.address IS NOT NULL AND {taking.paid} AS ready, {taking.why_not} AS why_not
    FROM due {taking.payment}
)
UPDATE delivery d SET
    status = CASE WHEN ready THEN 'sending' ELSE '{taking.unpaid}' END,
    attempts = d.attempts + ready::int,
    due_at = CASE WHEN ready THEN now() + $2 * interval '1 second' ELSE {taking.again} END,
    reason = CASE WHEN NOT ready THEN why_not END,
    provider_id = NULL, errcode = NULL, error = NULL
FROM decided WHERE d.id = decided.id
RETURNING d.id, d.channel, d.attempts, d.template, d.page, d.data, d.expires_at, d.status,
          d.due_at, {_READY} AS ready_at, decided.address, decided.kept_in, decided.kept_of,
          decided.kept_as, decided.former
"""


CLAIM = {
    Channel.WECHAT: _claim(Channel.WECHAT, wechat.TAKING),
    Channel.SMS: _claim(Channel.SMS, sms.TAKING),
    Channel.WECOM: _claim(Channel.WECOM, wecom.TAKING),
}

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
        sent_at = CASE WHEN o.confirmed OR o.status IN ('sent', 'delivered') THEN now()
                       ELSE d.sent_at END,
        due_at = CASE WHEN o.status = 'waiting_credit'
                      THEN {_READY} + interval '{wechat.WAIT_FOR_CREDIT}'
                      ELSE now() + coalesce(o.wait, 0) * interval '1 second' END
    FROM outcome o WHERE d.id = o.id
    RETURNING d.id, d.channel, d.resident_id, d.template, d.status, o.credit
), {wechat.SETTLE}
SELECT id, status FROM settled
"""

LET_LAPSE = """
UPDATE delivery SET status = 'failed', error = coalesce(error || '；', '') || $1
WHERE status IN ('pending', 'unknown') AND due_at <= now() AND expires_at <= $2
RETURNING id, channel
"""

OLDEST = """
SELECT channel, coalesce(max(extract(epoch FROM now() - first.due_at)), 0)::float8 AS seconds
FROM unnest($1::text[]) AS channel CROSS JOIN unnest('{t,f}'::bool[]) AS important
LEFT JOIN LATERAL (
    SELECT d.due_at FROM delivery d
    WHERE d.channel = channel.channel AND d.important = important.important
      AND d.status IN ('pending', 'unknown') AND d.due_at <= now()
    ORDER BY d.due_at LIMIT 1) AS first ON true
GROUP BY channel
"""

# Why a copy was dropped that the next channel may deliver; not what need not be told any more.
_UNREACHED = "('no_subscription', 'no_credit', 'kept', 'no_address', 'limit')"
# In the turn of handing on, so that what a day allows is counted by one at a time. Locks the copies
# that did not arrive: those that failed or were dropped, and, where another channel reaches the
# recipient, those that were not sent within $2 seconds since they could go. What is being sent, or
# may have been, stays. `superseded` is whether something newer that matters is said of the same
# case or appointment.
HAND_ON = f"""
WITH late AS (
    SELECT d.id FROM delivery d
    JOIN resident r ON r.id = d.resident_id LEFT JOIN person p ON p.id = r.person_id
    WHERE d.important AND d.handed_on_at IS NULL AND d.expires_at > $1 AND r.erased_at IS NULL
      AND (d.status = 'failed' OR d.status = 'dropped' AND d.reason IN {_UNREACHED}
           OR d.status IN ('pending', 'waiting_credit') AND d.channel <> 'sms'
              AND {_READY} <= $1 - $2 * interval '1 second'
              AND 'sms' = ANY($4::text[]) AND coalesce(r.phone_hash, p.phone_hash) IS NOT NULL)
    ORDER BY d.created_at LIMIT $3 FOR UPDATE OF d SKIP LOCKED
)
UPDATE delivery d SET handed_on_at = $1,
    reason = CASE WHEN d.status IN ('pending', 'waiting_credit') THEN 'handed_on' ELSE d.reason END,
    status = CASE WHEN d.status IN ('pending', 'waiting_credit') THEN 'dropped' ELSE d.status END
FROM late, message m LEFT JOIN "case" c ON c.id = m.case_id
    LEFT JOIN appointment a ON a.id = m.appointment_id, resident r
    LEFT JOIN person p ON p.id = r.person_id
WHERE d.id = late.id AND m.id = d.message_id AND r.id = d.resident_id
RETURNING d.message_id, d.resident_id, d.channel, d.expires_at, d.held_until,
    m.created_at AS told_at, m.importance, m.title,
    coalesce(a.number, c.number, '') AS number,
    coalesce(r.phone_hash, p.phone_hash) AS number_hash,
    m.read_at IS NOT NULL AS read, {muted("m", "'sms'")} AS muted, EXISTS (
        SELECT FROM message n WHERE n.resident_id = m.resident_id AND n.id > m.id
            AND n.importance IN ('act', 'result')
            AND coalesce(m.case_id, m.appointment_id) IS NOT NULL
            AND (n.case_id, n.appointment_id) IS NOT DISTINCT FROM (m.case_id, m.appointment_id)
    ) AS superseded
"""
SENT_TODAY = """
SELECT coalesce(number_hash, '') AS number_hash, count(*)::int AS count FROM (
    SELECT coalesce(r.phone_hash, p.phone_hash) AS number_hash
    FROM delivery d JOIN resident r ON r.id = d.resident_id LEFT JOIN person p ON p.id = r.person_id
    WHERE d.channel = 'sms' AND d.status <> 'dropped'
      AND d.created_at > $1::timestamptz - interval '1 day') AS sent
GROUP BY GROUPING SETS ((number_hash), ())
HAVING number_hash = ANY($2::text[]) OR GROUPING(number_hash) = 1
"""
NEXT_COPIES = """
INSERT INTO delivery (id, created_at, message_id, channel, resident_id, template, page, data,
                      important, status, reason, attempts, due_at, held_until, expires_at)
SELECT uuidv7(), at, message_id, channel, resident_id, template, '', data, true,
       CASE WHEN reason IS NULL THEN 'pending' ELSE 'dropped' END, reason, 0,
       greatest(now(), held_until), held_until, expires_at
FROM jsonb_to_recordset($1::text::jsonb) AS o(
    message_id uuid, resident_id uuid, channel text, template text, data jsonb, at timestamptz,
    held_until timestamptz, expires_at timestamptz, reason text)
"""
