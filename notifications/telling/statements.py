"""The SQL of telling: the rows of messages and their copies.

Of what is there it locks only copies that wait for the morning or a credit, and passes over those
that another holds.
"""

# Nobody has tried it, or could.
_WAITS = "(w.status = 'waiting_credit' OR w.status = 'pending' AND w.held_until > now())"
DELIVERY_LIFE = "24 hours"
"""How long after its change a copy is still worth sending."""

_COLUMNS = (
    "AS o(at timestamptz, recipient text, resident_id uuid, person_id uuid, staff_id uuid,"
    " unit_id text, role text, system text, by_staff_id uuid, kind text,"
    " importance text, wording text, title text, body text, case_id uuid, appointment_id uuid,"
    " template text, page text, data jsonb, reserve int, reason text,"
    " held_until timestamptz, ends text[])"
)


def message_rows(parameter: str, gate: str) -> str:
    """Give the SQL of the CTEs, `message_row` among the last, that write the payload.

    `parameter` is its placeholder, such as `$7`. `gate` names an earlier CTE with exactly one row
    if the change happened, and none if it did not. `message_row` returns the messages' ids.

    A resident's copy that is dropped has its row too, with the reason. The others are due now by
    the database's clock, which is the one that workers of all machines ask, or in the morning.

    This alone is for a change with which a case or appointment begins: no copy of it can be waiting
    yet. ENQUEUE is for all others.
    """
    return f"""outgoing AS MATERIALIZED (
        SELECT uuidv7() AS message_id, o.*
        FROM {gate}, jsonb_to_recordset({parameter}::text::jsonb) {_COLUMNS}
    ), message_row AS (
        INSERT INTO message (id, created_at, recipient, resident_id, person_id, staff_id, unit_id,
                             role, system, by_staff_id, kind, importance, wording, title, body,
                             case_id, appointment_id)
        SELECT message_id, at, recipient, resident_id, person_id, staff_id, unit_id, role,
               system, by_staff_id, kind, importance, wording, title, body, case_id, appointment_id
        FROM outgoing
        RETURNING id
    ), delivery_row AS (
        INSERT INTO delivery (id, created_at, message_id, channel, resident_id, template, page,
                              data, reserve, important, status, reason, attempts, due_at,
                              held_until, expires_at)
        SELECT uuidv7(), at, message_id, 'wechat', resident_id, template, page, data, reserve,
               importance IN ('act', 'result'),
               CASE WHEN reason IS NULL THEN 'pending' ELSE 'dropped' END, reason, 0,
               greatest(now(), held_until), held_until,
               coalesce(held_until, at) + interval '{DELIVERY_LIFE}'
        FROM outgoing WHERE template IS NOT NULL
    )"""


# What is said anew of the same case or appointment takes the place of a copy that still waits, for
# the morning or a credit (locked, unless held): where that is of no use any more, and where a copy
# by the same template waits for a credit, which says as much. Each case or appointment is locked by
# whoever tells of it, so that no two do so at once. The copies are found first, and then by their
# ids: else PostgreSQL may run through all deliveries where it has no figures of the table yet.
ENQUEUE = f"""
WITH change AS (SELECT 1), {message_rows("$1", "change")}, superseded AS (
    UPDATE delivery SET status = 'dropped', reason = 'superseded'
    WHERE id = ANY(ARRAY(
        SELECT w.id FROM outgoing o
        JOIN delivery w ON w.resident_id = o.resident_id AND {_WAITS}
        JOIN message m ON m.id = w.message_id
            AND (m.case_id, m.appointment_id) IS NOT DISTINCT FROM (o.case_id, o.appointment_id)
        WHERE coalesce(o.case_id, o.appointment_id) IS NOT NULL
            AND (m.importance = ANY(o.ends)
                OR w.status = 'waiting_credit' AND w.template = o.template
                    AND (m.importance = 'info' OR o.importance = m.importance))
        FOR UPDATE OF w SKIP LOCKED))
)
SELECT 1 FROM message_row
"""
