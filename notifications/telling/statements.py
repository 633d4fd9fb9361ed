"""The SQL of telling: the rows of a message and its copies. Nothing of it locks what is there."""

DELIVERY_LIFE = "24 hours"
"""How long after its change a copy is still worth sending."""

_COLUMNS = (
    "AS o(message_id uuid, delivery_id uuid, at timestamptz, resident_id uuid, kind text,"
    " title text, body text, case_id uuid, appointment_id uuid, template text, page text,"
    " data jsonb)"
)


def message_rows(parameter: str, gate: str) -> str:
    """Give the SQL of two CTEs, `message_row` and `delivery_row`, that write the payload.

    `parameter` is its placeholder, such as `$7`. `gate` names an earlier CTE with exactly one row
    if the change happened, and none if it did not. `message_row` returns the message's id.

    The copy is due now by the database's clock, which is the one that workers of all machines ask.
    """
    source = f"FROM jsonb_to_record({parameter}::text::jsonb) {_COLUMNS}"
    return f"""message_row AS (
        INSERT INTO message (id, created_at, resident_id, kind, title, body,
                             case_id, appointment_id)
        SELECT o.message_id, o.at, o.resident_id, o.kind, o.title, o.body,
               o.case_id, o.appointment_id
        {source}, {gate}
        RETURNING id
    ), delivery_row AS (
        INSERT INTO delivery (id, created_at, message_id, channel, resident_id, template, page,
                              data, status, attempts, due_at, expires_at)
        SELECT o.delivery_id, o.at, message_row.id, 'wechat', o.resident_id, o.template, o.page,
               o.data, 'pending', 0, now(), o.at + interval '{DELIVERY_LIFE}'
        {source}, message_row
    )"""


ENQUEUE = f"WITH change AS (SELECT 1), {message_rows('$1', 'change')} SELECT 1 FROM message_row"
