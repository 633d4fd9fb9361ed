"""The SQL of the inbox, and of pushes that were heard."""

READ = """
UPDATE message SET read_at = coalesce(read_at, $3)
WHERE id = $1 AND resident_id = $2 RETURNING id
"""

REMEMBER = """
INSERT INTO push_event (digest, event, received_at) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING digest
"""
FORGET_PUSHES = """
DELETE FROM push_event WHERE received_at < $1::timestamptz - interval '30 days' RETURNING digest
"""

INBOX = """
SELECT m.id, m.kind, m.title, m.body, m.created_at, m.read_at, m.case_id, m.appointment_id,
    (SELECT jsonb_agg(jsonb_build_object(
            'channel', d.channel, 'status', d.status, 'at', coalesce(d.sent_at, d.created_at))
        ORDER BY d.id) FROM delivery d WHERE d.message_id = m.id) AS deliveries
FROM message m
WHERE m.resident_id = $1 AND ($2::uuid IS NULL OR m.id < $2)
  AND (NOT $3::bool OR m.read_at IS NULL)
ORDER BY m.id DESC LIMIT $4
"""

UNREAD = "SELECT count(*) AS unread FROM message WHERE resident_id = $1 AND read_at IS NULL"
