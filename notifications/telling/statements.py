"""The SQL of telling: the rows of messages and their copies.

Of what is there it locks only copies that wait for a credit, and passes over those that another
holds.
"""

DELIVERY_LIFE = "24 hours"
"""How long after its change a copy is still worth sending."""

_COLUMNS = (
    "AS o(at timestamptz, recipient text, resident_id uuid, person_id uuid, staff_id uuid,"
    " unit_id text, role text, system text, by_staff_id uuid, kind text,"
    " importance text, wording text, title text, body text, case_id uuid, appointment_id uuid,"
    " template text, page text, data jsonb, reserve int, reason text)"
)


def message_rows(parameter: str, gate: str) -> str:
    """Give the SQL of the CTEs, `message_row` among the last, that write the payload.

    `parameter` is its placeholder, such as `$7`. `gate` names an earlier CTE with exactly one row
    if the change happened, and none if it did not. `message_row` returns the messages' ids.

    A resident's copy that is dropped has its row too, with the reason. The others are due now by
    the database's clock, which is the one that workers of all machines ask.

    This alone is for a change with which a case or appointment begins: no copy of it can be waiting
    for a credit yet. ENQUEUE is for all others.
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
                              expires_at)
        SELECT uuidv7(), at, message_id, 'wechat', resident_id, template, page, data, reserve,
               importance IN ('act', 'result'),
               CASE WHEN reason IS NULL THEN 'pending' ELSE 'dropped' END, reason, 0, now(),
               at + interval '{DELIVERY_LIFE}'
        FROM outgoing WHERE template IS NOT NULL
    )"""


# What is said anew of the same case or appointment takes the place of a copy that still waits for a
# credit (locked, unless held). They are found first, and then by their ids: else PostgreSQL may run
# through all deliveries where it has no figures of the table yet.
ENQUEUE = f"""
WITH change AS (SELECT 1), {message_rows("$1", "change")}, superseded AS (
    UPDATE delivery SET status = 'dropped', reason = 'superseded'
    WHERE id = ANY(ARRAY(
        SELECT w.id FROM outgoing o
        JOIN delivery w ON w.resident_id = o.resident_id AND w.template = o.template
            AND w.status = 'waiting_credit'
        JOIN message m ON m.id = w.message_id
            AND (m.case_id, m.appointment_id) IS NOT DISTINCT FROM (o.case_id, o.appointment_id)
        WHERE o.template <> '' AND coalesce(o.case_id, o.appointment_id) IS NOT NULL
            AND (o.importance <> 'info' OR m.importance = 'info')
        FOR UPDATE OF w SKIP LOCKED))
)
SELECT 1 FROM message_row
"""
