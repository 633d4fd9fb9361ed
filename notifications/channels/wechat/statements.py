"""The SQL of what WeChat lets us send, and of its answers: credits of subscriptions, confirmations.

A delivery is locked before a credit, as in `sending`. Earning a credit locks it, and then (REVIVE)
the deliveries that wait for one, which nobody locks who waits for a credit.
"""

# Locks the delivery that the event is about.
CONFIRM = """
WITH told AS (
    SELECT id FROM delivery
    WHERE provider_id = $1 AND status IN ('sent', 'sending')
       OR resident_id = $2 AND template = $3 AND status IN ('sending', 'unknown')
          AND provider_id IS NULL
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

REVIVE = """
UPDATE delivery SET status = 'pending', due_at = now()
WHERE status = 'waiting_credit' AND resident_id = $1 AND template = $2 AND due_at > now()
"""

BALANCES = """
SELECT template, greatest(hints, grants) - spent AS balance
FROM subscription_credit WHERE resident_id = $1
"""
