"""The SQL of cards: whose user id it is, who is told, and how many a member may get."""

from notifications.channels.taking import Taking

# WeCom drops without a word what goes beyond 30 a minute to one member.
PER_MINUTE = 20
TAKING = Taking(
    whose="staff",
    # Who was disabled since it was written is written to no more.
    address="CASE WHEN r.active THEN r.wecom_sealed END AS address, 'staff' AS kept_in,"
    " r.id AS kept_of, 'wecom' AS kept_as",
    allowed=f"""(SELECT count(*) FROM delivery s WHERE s.staff_id = d.staff_id
                AND s.sent_at > now() - interval '1 minute') < {PER_MINUTE}""",
)

# A copy for each member of staff who is bound ($3: how much it must matter), of what they were told
# of late and have not read: alone, or as who has a role in a unit, since before; not of what they
# did themselves. Locks nothing: it runs in the turn of the copies. A kind that they muted has its
# row, with the reason.
COPY = """
INSERT INTO delivery (id, created_at, message_id, channel, staff_id, template, page, data,
                      important, status, reason, attempts, due_at, held_until, expires_at)
SELECT uuidv7(), $1, m.id, 'wecom', s.id, m.importance,
       CASE WHEN m.case_id IS NULL THEN $4 ELSE $5 || m.case_id::text END,
       jsonb_build_object('title', m.title, 'text', m.body), true,
       CASE WHEN quiet.so THEN 'dropped' ELSE 'pending' END,
       CASE WHEN quiet.so THEN 'muted' END, 0, greatest(now(), $6), $6,
       coalesce($6, m.created_at) + interval '24 hours'
FROM message m CROSS JOIN LATERAL (
    SELECT m.staff_id AS id WHERE m.staff_id IS NOT NULL
    UNION SELECT p.staff_id FROM post p WHERE p.unit_id = m.unit_id AND p.role = m.role
        AND p.created_at <= m.created_at AND coalesce(p.valid_to >= $2::date, true)
) AS told JOIN staff s ON s.id = told.id AND s.active AND s.wecom_sealed IS NOT NULL
CROSS JOIN LATERAL (SELECT m.importance <> 'act' AND EXISTS (SELECT FROM muted_kind k
    WHERE k.staff_id = s.id AND k.kind = m.kind AND k.channel = 'wecom') AS so) AS quiet
WHERE m.resident_id IS NULL AND m.person_id IS NULL
  AND m.created_at > $1::timestamptz - interval '30 minutes' AND m.importance = ANY($3::text[])
  AND s.id IS DISTINCT FROM m.by_staff_id
  AND NOT EXISTS (SELECT FROM message_read r WHERE r.message_id = m.id AND r.staff_id = s.id)
  AND NOT EXISTS (SELECT FROM delivery d WHERE d.message_id = m.id AND d.staff_id = s.id)
RETURNING id
"""
