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
# row, with the reason. Of a batch, more than FEW of a kind at once, one card goes that says how
# many there are ($7), and the others are merged into it.
FEW = 3
COPY = f"""
WITH told AS MATERIALIZED (
    SELECT uuidv7() AS id, m.id AS message_id, s.id AS staff_id, m.importance, m.kind, m.case_id,
           m.title, m.body, m.created_at, quiet.so AS muted
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
), counted AS (
    SELECT told.*, CASE WHEN count(*) OVER alike > {FEW} THEN count(*) OVER alike END AS many,
           first_value(id) OVER (alike ORDER BY message_id DESC) AS head
    FROM told WINDOW alike AS (PARTITION BY staff_id, kind, muted)
)
INSERT INTO delivery (id, created_at, message_id, channel, staff_id, template, page, data,
                      important, status, reason, merged_into_id, attempts, due_at, held_until,
                      expires_at)
SELECT id, $1, message_id, 'wecom', staff_id, importance,
       CASE WHEN case_id IS NULL OR many IS NOT NULL THEN $4 ELSE $5 || case_id::text END,
       jsonb_build_object(
           'title', title, 'text', coalesce(replace($7, '{{many}}', many::text), body)), true,
       CASE WHEN muted OR many IS NOT NULL AND id <> head THEN 'dropped' ELSE 'pending' END,
       CASE WHEN muted THEN 'muted' WHEN many IS NOT NULL AND id <> head THEN 'merged' END,
       CASE WHEN NOT muted AND many IS NOT NULL AND id <> head THEN head END,
       0, greatest(now(), $6), $6, coalesce($6, created_at) + interval '24 hours'
FROM counted
RETURNING id
"""
