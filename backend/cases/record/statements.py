"""The SQL of the record: the columns of a case with its events and papers."""

from backend.cases.record.snapshot import OF_CASE
from backend.cases.rules.lifecycle import FINAL

CASE = OF_CASE.selected("c")
"""The columns of a case `c`."""
EVENTS = (
    "(SELECT json_agg(json_build_array(e.id, e.seq, e.created_at, e.action, e.unit_id,"
    " encode(e.public_sealed, 'hex'), e.after)"
    " ORDER BY e.seq) FROM case_event e WHERE e.case_id = c.id)"
)
MATERIALS = (
    "(SELECT json_agg(json_build_array(m.id, m.code, m.file_id, m.verdict,"
    " encode(m.reason_sealed, 'hex')) ORDER BY m.id)"
    " FROM case_material m WHERE m.case_id = c.id AND m.superseded_at IS NULL)"
)
BY_MANDATE = (
    "c.received_unit_id IS NOT NULL AND EXISTS (SELECT FROM case_intake i WHERE i.case_id = c.id"
    " AND i.seq = 1 AND i.mandate_id IS NOT NULL)"
)
"""Whether a unit filed a case `c` by a mandate of its applicant's."""
FILED = f"c.subject_id, c.filed_by, c.received_unit_id, {BY_MANDATE} AS by_mandate"
"""Whose right a case `c` is, and who handed it in where, by a mandate or not."""
INCOMING = (
    "(SELECT x.to_unit_id FROM case_transfer x WHERE x.case_id = c.id AND x.state = 'open')"
    " AS incoming_unit_id"
)
"""The unit that a transfer of a case `c` is open to."""
FORM = (
    "LEFT JOIN LATERAL (SELECT f.id AS form_id, f.no AS form_no, f.form_sealed FROM case_form f"
    " WHERE f.case_id = c.id ORDER BY f.no DESC LIMIT 1) AS form ON true"
)
"""Joins the form that counts to a case `c`: `form_id`, `form_no` and `form_sealed`."""
FORMS = (
    "SELECT id AS form_id, no AS form_no, form_sealed, created_at AS at FROM case_form"
    " WHERE case_id = $1 ORDER BY no"
)
OWN_TASK = "t.case_id = c.id AND t.done_at IS NULL AND t.step = c.step AND t.unit_id = c.holder_id"
"""The open task `t` of a case `c` that brings it on; others may be open beside it."""
ASSIGNEE = f'SELECT t.assignee_id FROM "case" c JOIN task t ON {OWN_TASK} WHERE c.id = $1'
_THEIRS = (
    "EXISTS (SELECT FROM resident me WHERE me.openid_hash = s.openid_hash"
    " AND (me.person_id = c.subject_id OR EXISTS (SELECT FROM resident a"
    " WHERE a.id IN (c.resident_id, c.filed_by_id)"
    " AND (a.id = me.id OR a.person_id = me.person_id))))"
)
"""Whether a case `c` is one of the member of staff `s`: their person's, or filed by them, as far as
the WeChat account is known that they work with."""
_RECUSED = (
    "EXISTS (SELECT FROM recusal r WHERE r.case_id = c.id AND r.staff_id = s.id"
    " AND r.ended_at IS NULL)"
)
NO_PART = f"({_RECUSED} OR {_THEIRS})"
"""Whether the member of staff `s` may have no part in the case `c`."""
BARRED = f"""
SELECT c.id AS case_id, s.id AS staff_id, {_RECUSED} AS recused FROM "case" c, staff s
WHERE c.id = ANY($1::uuid[]) AND s.id = ANY($2::uuid[]) AND {NO_PART}
"""
RECUSALS = (
    "SELECT id, created_at, staff_id, made_by, reason_sealed FROM recusal WHERE case_id = $1"
    " AND ended_at IS NULL ORDER BY id"
)
# Whether anybody is left in the unit of the case's task for its role.
LEFT = f"""
SELECT t.unit_id, t.role, t.due_at, EXISTS (
    SELECT FROM post p JOIN staff s ON s.id = p.staff_id AND s.active
    WHERE p.unit_id = t.unit_id AND p.role = t.role AND coalesce(p.valid_to >= $2::date, true)
        AND NOT {NO_PART}
) AS anybody
FROM "case" c JOIN task t ON {OWN_TASK} WHERE c.id = $1
"""
# The lowest of these units, which come from below, that somebody supervises.
SUPERVISED = """
SELECT unit.code FROM unnest($1::varchar[]) WITH ORDINALITY AS unit(code, place)
WHERE EXISTS (
    SELECT FROM post p JOIN staff s ON s.id = p.staff_id AND s.active
    WHERE p.unit_id = unit.code AND p.role = 'supervisor'
        AND coalesce(p.valid_to >= $2::date, true)
) ORDER BY place LIMIT 1
"""
OPEN_TASK = (
    f'SELECT t.role, t.due_at, t.assignee_id FROM "case" c JOIN task t ON {OWN_TASK}'
    " WHERE c.id = $1"
)
# After the case's own lock: a transfer ends once.
END_TRANSFER = """
UPDATE case_transfer SET state = $2, ended_at = $3 WHERE case_id = $1 AND state = 'open'
RETURNING id, from_unit_id, to_unit_id, sender_id
"""


def owned_by(account: str) -> str:
    """Whose case `c` is, to them: the account that filed it, and all of the person's; indexed."""
    person = f"(SELECT person_id FROM resident WHERE id = {account})"
    return f"(c.resident_id = {account} OR c.subject_id = {person})"


def of_person(person: str, items: str) -> str:
    """Whether a case `c` is the person's, and of one of the items where they are not null."""
    return f"(c.subject_id = {person} AND ({items}::text[] IS NULL OR c.item_id = ANY({items})))"


# Locks the case, which is locked already. Ended, it stands in nobody's way.
SETTLE_ENDED = """
UPDATE "case" c SET subject_id = r.person_id FROM resident r
WHERE c.id = $1 AND c.subject_id IS NULL AND r.id = c.resident_id AND r.person_id IS NOT NULL
"""
# Locks the oldest of the person's accounts' cases of the same that is nobody's yet, and the
# person's entry in case_one_open. No case that is nobody's locks another, so none waits for us.
SETTLE_NEXT = """
UPDATE "case" c SET subject_id = $2 WHERE c.id = (
    SELECT o.id FROM "case" o JOIN resident r ON r.id = o.resident_id
    JOIN "case" ended ON ended.id = $1
    WHERE r.person_id = $2 AND o.subject_id IS NULL
        AND o.item_id = ended.item_id AND o.object_key = ended.object_key
    ORDER BY o.id LIMIT 1)
"""

INTERNALS = (
    "SELECT e.id, e.seq, e.actor, e.actor_id, e.step, e.internal_sealed FROM case_event e"
    " WHERE e.case_id = $1 AND e.seq <= $2 ORDER BY e.seq"
)


def handed_in_by(account: str, person: str, file: str = "") -> str:
    """Whether a file is the account's, the person's or, seldom, another account's of the person."""
    accounts = f"SELECT id FROM resident WHERE person_id = {person}"
    owned = f"{file}resident_id = {account} OR {file}person_id = {person}"
    return f"({owned} OR {file}resident_id IN ({accounts}))"


# Locks the files until the end: one whose days are over is swept before this, or not at all.
HELD_FILES = (
    f"SELECT id FROM stored_file WHERE {handed_in_by('$1', '$2::uuid')}"
    " AND id = ANY($3::uuid[]) FOR KEY SHARE"
)

_FINAL = ", ".join(f"'{status}'" for status in sorted(FINAL))
INTAKE = (
    "SELECT seq, id, consent, consent_file_id, mandate_id, agent_sealed FROM case_intake"
    " WHERE case_id = $1"
)

# The open cases of an account, of which it is told, each with what past cases of its item brought.
OUTLOOKS = f"""
SELECT c.status, c.step, c.resume_status, v.flow, jsonb_array_length(v.route) AS steps,
    (SELECT jsonb_agg(jsonb_build_array(o.template, o.cases, o.act, o.result, o.info))
     FROM case_outlook o
     WHERE o.item_id = c.item_id AND o.status = c.status AND o.step = c.step) AS seen
FROM "case" c JOIN item_version v ON v.id = c.item_version_id
WHERE (c.resident_id = $1 OR c.resident_id IS NULL
       AND c.subject_id = (SELECT person_id FROM resident WHERE id = $1))
    AND c.status NOT IN ({_FINAL})
ORDER BY c.id DESC LIMIT $2
"""
OUTLOOK_OF_NEW = """
SELECT o.template, o.cases, o.act, o.result, o.info FROM case_outlook o
WHERE o.item_id = $1 AND o.status = 'submitted' AND o.step = 1
"""
# The newest cases that have ended, back along the primary key: what is read is bounded, however
# many there are. The words tell which action of which flow is sent by which template.
FORGET_OUTLOOKS = "DELETE FROM case_outlook"
LEARN_OUTLOOKS = f"""
WITH over AS (
    SELECT id, item_id, item_version_id FROM "case" WHERE status IN ({_FINAL})
    ORDER BY id DESC LIMIT $1
), event AS (
    SELECT o.id, o.item_id, e.seq, e.after, e.step, w.template, w.importance
    FROM over o JOIN item_version v ON v.id = o.item_version_id
    JOIN case_event e ON e.case_id = o.id AND e.action <> ALL($2::text[])
    LEFT JOIN jsonb_to_recordset($3::text::jsonb)
        AS w(flow text, name text, template text, importance text)
        ON w.flow = v.flow AND w.name = coalesce($4::text::jsonb ->> e.after, e.action)
), came AS (
    SELECT item_id, after, step, count(*) AS cases FROM event GROUP BY item_id, after, step
), later AS (
    SELECT s.item_id, s.after, s.step, l.template,
        count(*) FILTER (WHERE l.importance = 'act') AS act,
        count(*) FILTER (WHERE l.importance = 'result') AS result,
        count(*) FILTER (WHERE l.importance = 'info') AS info
    FROM event s JOIN event l ON l.id = s.id AND l.seq > s.seq AND l.template IS NOT NULL
    GROUP BY s.item_id, s.after, s.step, l.template
)
INSERT INTO case_outlook (id, created_at, item_id, status, step, template, cases, act, result, info)
SELECT uuidv7(), $5, c.item_id, c.after, c.step, t.template, c.cases,
    coalesce(l.act, 0)::float8 / c.cases, coalesce(l.result, 0)::float8 / c.cases,
    coalesce(l.info, 0)::float8 / c.cases
FROM came c CROSS JOIN (SELECT DISTINCT template FROM event WHERE template IS NOT NULL) t
LEFT JOIN later l ON l.item_id = c.item_id AND l.after = c.after AND l.step = c.step
    AND l.template = t.template
WHERE c.after NOT IN ({_FINAL})
"""
