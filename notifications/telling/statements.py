"""The SQL of telling: the rows of messages and their copies.

Of what is there it locks only copies that are held back or wait for a credit, and passes over those
that another holds.
"""

WAITS = "(w.status = 'waiting_credit' OR w.status = 'pending' AND w.held_until > now())"
"""Whether a copy `w` is held back or waits for a credit, and nobody has tried it."""
DELIVERY_LIFE = "24 hours"
"""How long after its change a copy is still worth sending."""

_COLUMNS = (
    "AS o(at timestamptz, recipient text, resident_id uuid, person_id uuid, staff_id uuid,"
    " unit_id text, role text, system text, by_staff_id uuid, kind text,"
    " importance text, wording text, title text, body text, case_id uuid, appointment_id uuid,"
    " template text, page text, data jsonb, reserve int, reason text,"
    " held_until timestamptz, ends text[])"
)


def muted(message: str, channel: str = "'wechat'") -> str:
    """Whether the resident of a row with these columns wants its kind over the channel no more.

    What asks them to act cannot be muted, whatever was stored before it did.
    """
    return (
        f"{message}.importance <> 'act' AND EXISTS (SELECT FROM muted_kind k"
        f" WHERE k.resident_id = {message}.resident_id AND k.kind = {message}.kind"
        f" AND k.channel = {channel})"
    )


# Locks them, shared: who ends one waits for what is just being told, and hears of nothing after.
RELATIVES = """
SELECT principal_id, relative_id FROM family_copy
WHERE principal_id = ANY($1::uuid[]) AND relative_id IS NOT NULL AND ended_at IS NULL
ORDER BY id FOR SHARE
"""
UNMUTE_ALL = "DELETE FROM muted_kind WHERE staff_id = $1"


def _outgoing(parameter: str, gate: str) -> str:
    return f"""outgoing AS MATERIALIZED (
        SELECT uuidv7() AS message_id, uuidv7() AS delivery_id, o.*,
               coalesce(o.reason, CASE WHEN {muted("o")} THEN 'muted' END) AS unsent
        FROM {gate}, jsonb_to_recordset({parameter}::text::jsonb) {_COLUMNS}
    )"""


def _rows(held: str) -> str:
    """The CTEs that write `outgoing`; `held` gives `until` when copies wait, if that lies ahead."""
    return f"""message_row AS (
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
        SELECT delivery_id, at, message_id, 'wechat', resident_id, template, page, data, reserve,
               importance IN ('act', 'result'),
               CASE WHEN unsent IS NULL THEN 'pending' ELSE 'dropped' END, unsent, 0,
               coalesce(held.until, now()), held.until,
               coalesce(held.until, at) + interval '{DELIVERY_LIFE}'
        FROM outgoing o, LATERAL ({held}) AS held
        WHERE template IS NOT NULL
    )"""


def message_rows(parameter: str, gate: str) -> str:
    """Give the SQL of the CTEs, `message_row` among the last, that write the payload.

    `parameter` is its placeholder, such as `$7`. `gate` names an earlier CTE with exactly one row
    if the change happened, and none if it did not. `message_row` returns the messages' ids.

    A resident's copy that is dropped has its row too, with the reason. The others are due now by
    the database's clock, which is the one that workers of all machines ask, or when they are held
    back no longer.

    This alone is for a change with which a case or appointment begins: no copy of it can be waiting
    yet. ENQUEUE is for all others.
    """
    # Without an aggregate this is no more to PostgreSQL than an expression.
    held = "SELECT CASE WHEN o.held_until > now() THEN o.held_until END AS until"
    return f"{_outgoing(parameter, gate)}, {_rows(held)}"


# What is said anew of the same case or appointment takes the place of copies that still wait
# (locked, unless held). They are dropped: where they are of no use any more, where a copy by the
# same template waits for a credit and says as much, and where this copy goes out and tells of them
# as well (merged). What asks somebody to act is merged into nothing, and a result only into a
# result by the same template, which can be paid for if that one could. A burst goes out when its
# first copy would have, so that it never grows older for what follows.
#
# News that is about neither goes with news of its kind.
#
# Each case or appointment is locked by whoever tells of it, so that no two do so at once. The
# copies are found first, and then by their ids: else PostgreSQL may run through all deliveries
# where it has no figures of the table yet.
_FIRST = (
    "least(o.held_until, (SELECT min(w.held_until) FROM overtaken w WHERE w.by_id = delivery_id))"
)
_HELD = (
    f"SELECT min(each) AS until FROM (SELECT CASE WHEN o.held_until IS NOT NULL THEN {_FIRST} END"
    " AS each) WHERE each > now()"
)
ENQUEUE = f"""
WITH change AS (SELECT 1), {_outgoing("$1", "change")}, overtaken AS MATERIALIZED (
    SELECT w.id, o.delivery_id AS by_id, merged.so AS merged,
           CASE WHEN merged.so THEN w.held_until END AS held_until
    FROM outgoing o
    JOIN delivery w ON w.resident_id = o.resident_id AND {WAITS}
    JOIN message m ON m.id = w.message_id
        AND (m.case_id, m.appointment_id) IS NOT DISTINCT FROM (o.case_id, o.appointment_id)
    CROSS JOIN LATERAL (SELECT o.template <> '' AND o.unsent IS NULL AS so) AS sent
    CROSS JOIN LATERAL (SELECT sent.so AND w.status = 'pending' AND NOT m.importance = ANY(o.ends)
        AND (m.importance = 'info' OR m.importance = 'result' AND o.importance = 'result'
            AND w.template = o.template) AS so) AS merged
    WHERE (coalesce(o.case_id, o.appointment_id) IS NOT NULL
            OR m.kind = o.kind AND o.importance = 'info')
        AND (m.importance = ANY(o.ends) OR merged.so
            OR sent.so AND w.status = 'waiting_credit' AND w.template = o.template
                AND (m.importance = 'info' OR o.importance = m.importance))
    FOR UPDATE OF w SKIP LOCKED
), {_rows(_HELD)}, dropped AS (
    UPDATE delivery d SET status = 'dropped',
        reason = CASE WHEN t.merged THEN 'merged' ELSE 'superseded' END,
        merged_into_id = CASE WHEN t.merged THEN t.by_id END
    FROM overtaken t WHERE d.id = ANY(ARRAY(SELECT id FROM overtaken)) AND t.id = d.id
)
SELECT 1 FROM message_row
"""
