"""The SQL of the record: the columns of a case with its events and papers, and a new one whole."""

from backend.cases.record.columns import Insert
from backend.cases.record.snapshot import OF_CASE
from backend.cases.rules.lifecycle import FINAL
from backend.idempotency.statements import once_row
from notifications.telling.statements import message_rows

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
_RECUSED = "EXISTS (SELECT FROM recusal r WHERE r.case_id = c.id AND r.staff_id = s.id)"
NO_PART = f"({_RECUSED} OR {_THEIRS})"
"""Whether the member of staff `s` may have no part in the case `c`."""
BARRED = f"""
SELECT c.id AS case_id, s.id AS staff_id, {_RECUSED} AS recused FROM "case" c, staff s
WHERE c.id = ANY($1::uuid[]) AND s.id = ANY($2::uuid[]) AND {NO_PART}
"""
RECUSALS = (
    "SELECT id, created_at, staff_id, made_by, reason_sealed FROM recusal WHERE case_id = $1"
    " ORDER BY id"
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
ACCOUNTS = "SELECT id FROM resident WHERE person_id = $1 ORDER BY id"


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

NEW = Insert(
    OF_CASE,
    created_at="timestamptz",
    subject_id="uuid",
    filed_by="varchar",
    filed_by_id="uuid",
    received_unit_id="varchar",
    object_key="varchar",
    named_hash="varchar",
    query_code_sealed="bytea",
)
# What follows the columns of the case.
_FILES, _FILE_COUNT, _PAPER_CODES, _FORM_ID, _FORM, _TOLD, _KEY = range(
    NEW.count + 1, NEW.count + 8
)
_DRAFT = _KEY + 4
# Of a window, instead of the draft.
_HANDED_IN, _NAME_HASHES, _INTAKE_ID, _CONSENT, _CONSENT_FILE, _AGENT, _MANDATE = range(
    _DRAFT, _DRAFT + 7
)
# Of an agent, after the draft.
_LENT_HASHES = _DRAFT + 1
_FINAL = ", ".join(f"'{status}'" for status in sorted(FINAL))
_MADE = "SELECT (SELECT count(*) FROM new_case) AS made, open FROM earlier"
# Locks the files that are handed in, until the end: one whose days are over is swept before.
_OWN_FILES = f"""
    SELECT count(*) AS found FROM (
        SELECT FROM stored_file
        WHERE {handed_in_by(NEW.of("resident_id"), NEW.of("subject_id"))}
            AND id = ANY(${_FILES}::uuid[]) FOR KEY SHARE
    ) AS held"""
# A window hands in what its clerk scanned, and what is the person's already. Locks the files in the
# order of their ids, since they are changed.
_SCANNED_FILES = f"""
    SELECT count(*) AS found FROM (
        SELECT FROM stored_file
        WHERE (staff_id = {NEW.of("filed_by_id")} OR person_id = {NEW.of("subject_id")})
            AND id = ANY(${_HANDED_IN}::uuid[]) ORDER BY id FOR NO KEY UPDATE
    ) AS held"""

# An agent hands in what they uploaded for it, and what is the principal's already. Locks the files
# in the order of their ids, since they are changed.
_LENT_FILES = f"""
    SELECT count(*) AS found FROM (
        SELECT FROM stored_file f
        WHERE ({handed_in_by("NULL::uuid", NEW.of("subject_id"), "f.")}
            OR f.resident_id = {NEW.of("filed_by_id")}
                AND NOT EXISTS (SELECT FROM case_material m WHERE m.file_id = f.id))
            AND id = ANY(${_FILES}::uuid[]) ORDER BY id FOR NO KEY UPDATE
    ) AS held"""


def _write(actor: str, files: str) -> str:
    """The statement so far, for this kind of actor; `files` counts and locks what is handed in.

    Locks in this order: the files, for as long as the statement; the case's unique keys; the key's.
    """
    return f"""
WITH files AS (
    -- Held until the end: a file whose days are over is swept before this, or not at all.
    {files}
), earlier AS (
    -- Filed by this account before its real name was known, and left to it by ADOPT.
    SELECT count(*) AS open FROM "case" WHERE resident_id = {NEW.of("resident_id")}
        AND item_id = {NEW.of("item_id")} AND object_key = {NEW.of("object_key")}
        AND subject_id IS DISTINCT FROM {NEW.of("subject_id")} AND status NOT IN ({_FINAL})
), new_case AS (
    INSERT INTO "case" ({NEW.columns}) SELECT {NEW.values}
    FROM files, earlier WHERE found = ${_FILE_COUNT}::int AND open = 0
    RETURNING id, created_at, resident_id, subject_id, filed_by_id, item_id, status, step,
        holder_id, notice_due_at
), new_event AS (
    INSERT INTO case_event (id, created_at, case_id, seq, action, actor, actor_id, after, step,
                            unit_id)
    SELECT uuidv7(), created_at, id, 1, 'submit', '{actor}', filed_by_id, status, step,
           holder_id
    FROM new_case
), new_form AS (
    INSERT INTO case_form (id, created_at, case_id, no, actor, actor_id, form_sealed)
    SELECT ${_FORM_ID}::uuid, created_at, id, 1, '{actor}', filed_by_id, ${_FORM}::bytea
    FROM new_case
), new_materials AS (
    INSERT INTO case_material (id, created_at, case_id, code, file_id, verdict)
    SELECT uuidv7(), created_at, new_case.id, m.code, m.file_id, 'pending'
    FROM new_case, unnest(${_PAPER_CODES}::varchar[], ${_FILES}::uuid[]) AS m(code, file_id)
), new_task AS (
    INSERT INTO task (id, created_at, case_id, item_code, step, unit_id, role, due_at)
    SELECT uuidv7(), created_at, id, item_id, step, holder_id, 'clerk', notice_due_at
    FROM new_case
), {message_rows(f"${_TOLD}", "new_case")}, {once_row(_KEY, "new_case")}
"""


_WRITE = _write("resident", _OWN_FILES)
SUBMIT = f"{_WRITE}{_MADE}"
# The same, and the applicant's draft goes with it. Locks the draft last.
SUBMIT_DRAFT = f"""
{_WRITE}, draft_gone AS (
    DELETE FROM draft USING new_case
    WHERE draft.id = ${_DRAFT}::uuid AND draft.resident_id = new_case.resident_id
)
{_MADE}
"""
# The same for a person at a window, with what it keeps of that. What its clerk scanned becomes the
# person's, in the rows that are locked first.
SUBMIT_AT_WINDOW = f"""
{_write("staff", _SCANNED_FILES)}, new_intake AS (
    INSERT INTO case_intake (id, created_at, case_id, consent, consent_file_id, agent_sealed,
                             mandate_id)
    SELECT ${_INTAKE_ID}::uuid, created_at, id, ${_CONSENT}::varchar, ${_CONSENT_FILE}::uuid,
           ${_AGENT}::bytea, ${_MANDATE}::uuid
    FROM new_case
), given AS (
    UPDATE stored_file f SET staff_id = NULL, person_id = new_case.subject_id, name_hash = told.hash
    FROM new_case, unnest(${_HANDED_IN}::uuid[], ${_NAME_HASHES}::varchar[]) AS told(id, hash)
    WHERE f.id = told.id AND f.staff_id IS NOT NULL
)
{_MADE}
"""
# The same for somebody who gave the one who files a mandate: what the agent uploaded for it becomes
# the principal's, in the rows that are locked first, and the agent's draft goes with it.
SUBMIT_BY_AGENT = f"""
{_write("resident", _LENT_FILES)}, given AS (
    UPDATE stored_file f
    SET resident_id = NULL, person_id = new_case.subject_id, name_hash = told.hash
    FROM new_case, unnest(${_FILES}::uuid[], ${_LENT_HASHES}::varchar[]) AS told(id, hash)
    WHERE f.id = told.id AND f.resident_id = new_case.filed_by_id
), draft_gone AS (
    DELETE FROM draft USING new_case
    WHERE draft.id = ${_DRAFT}::uuid AND draft.resident_id = new_case.filed_by_id
)
{_MADE}
"""
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
