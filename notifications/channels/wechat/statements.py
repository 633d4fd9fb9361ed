"""The SQL of what WeChat lets us send, and of its answers: credits of subscriptions, confirmations.

A delivery is locked before a credit, as in `sending`. Earning a credit locks it, and then
(REVIVE_OF) the deliveries that wait for one, which nobody locks who waits for a credit.
"""

from notifications.channels.taking import Taking

# Locks the delivery that the event is about.
CONFIRM = """
WITH told AS (
    SELECT id FROM delivery
    WHERE channel = 'wechat' AND (provider_id = $1 AND status IN ('sent', 'sending')
       OR resident_id = $2 AND template = $3 AND status IN ('sending', 'unknown')
          AND provider_id IS NULL)
    ORDER BY provider_id IS NULL, due_at LIMIT 1 FOR UPDATE
)
UPDATE delivery d SET
    status = CASE WHEN d.status = 'sending' THEN d.status
                  WHEN $4::int IS NULL THEN 'delivered' ELSE 'failed' END,
    sent_at = coalesce(d.sent_at, $6), provider_id = $1, errcode = $4::int, error = $5
FROM told WHERE d.id = told.id
RETURNING d.id
"""

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

REVIVE_OF = """
UPDATE delivery SET status = 'pending', due_at = now()
WHERE status = 'waiting_credit' AND resident_id = $1 AND template = $2 AND due_at > now()
"""

BALANCES = """
SELECT template, greatest(hints, grants) - spent AS balance
FROM subscription_credit WHERE resident_id = $1
"""

WAIT_FOR_CREDIT = "1 hour"
"""How long a copy without credit waits for the resident's next tap, since it could go first."""

_SPEND = """spent AS (
    UPDATE subscription_credit c SET spent = c.spent + 1 FROM due
    WHERE due.status = 'pending' AND due.template <> ALL($3::text[])
      AND due.address IS NOT NULL
      AND c.resident_id = due.resident_id AND c.template = due.template
      AND greatest(c.hints, c.grants) - c.spent > due.reserve
    RETURNING c.id, due.id AS delivery_id
), line AS (
    INSERT INTO credit_entry (id, created_at, credit_id, kind, delivery_id)
    SELECT uuidv7(), now(), id, 'spend', delivery_id FROM spent
), """
_WHY_NOT = """CASE WHEN spent.id IS NULL THEN coalesce((
    SELECT CASE WHEN greatest(c.hints, c.grants) > c.spent THEN 'kept'
                WHEN c.refused_at IS NULL OR greatest(c.hints, c.grants) > 0 THEN 'no_credit' END
    FROM subscription_credit c
    WHERE c.resident_id = due.resident_id AND c.template = due.template), 'no_subscription') END"""
# A credit, unless the template ($3 are those) needs none. Locks the credits.
TAKING = Taking(
    address="r.openid_sealed AS address, 'resident' AS kept_in, r.id AS kept_of,"
    " 'openid' AS kept_as",
    pay=_SPEND,
    payment="LEFT JOIN spent ON spent.delivery_id = due.id",
    paid="(due.status = 'unknown' OR due.template = ANY($3::text[]) OR spent.id IS NOT NULL)",
    unpaid="waiting_credit",
    again=f"coalesce(d.held_until, d.created_at) + interval '{WAIT_FOR_CREDIT}'",
    why_not=_WHY_NOT,
)

# CTEs of the record of outcomes, after its CTE `settled`; locks the credits of those deliveries.
SETTLE = """credit AS (
    UPDATE subscription_credit c SET
        hints = CASE s.credit WHEN 'void' THEN 0 ELSE c.hints END,
        grants = CASE s.credit WHEN 'void' THEN 0 ELSE c.grants END,
        spent = CASE s.credit WHEN 'void' THEN 0 ELSE c.spent - 1 END
    FROM settled s
    WHERE s.channel = 'wechat' AND c.resident_id = s.resident_id AND c.template = s.template
      AND (s.credit = 'void' OR s.credit = 'refund' AND c.spent > 0)
    RETURNING c.id, s.credit AS kind, s.id AS delivery_id
), line AS (
    INSERT INTO credit_entry (id, created_at, credit_id, kind, delivery_id)
    SELECT uuidv7(), now(), id, kind, delivery_id FROM credit
)"""

GIVE_UP = """
UPDATE delivery SET status = 'dropped', reason = coalesce(reason, 'no_credit')
WHERE status = 'waiting_credit' AND due_at <= $1 RETURNING id
"""

# A credit may have come in the moment between a worker's look and its verdict.
REVIVE = """
UPDATE delivery d SET status = 'pending', due_at = now()
FROM subscription_credit c
WHERE d.status = 'waiting_credit' AND d.due_at > now() AND (
    c.resident_id = d.resident_id AND c.template = d.template
    AND greatest(c.hints, c.grants) - c.spent > d.reserve)
RETURNING d.id
"""
