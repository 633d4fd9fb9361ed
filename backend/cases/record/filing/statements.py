"""The SQL of a new case, written whole."""

from backend.cases.record.columns import Insert
from backend.cases.record.snapshot import OF_CASE
from backend.cases.record.statements import handed_in_by
from backend.cases.rules.lifecycle import FINAL
from backend.idempotency.statements import once_row
from notifications.telling.statements import message_rows

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
_HANDED_IN, _NAME_HASHES, _INTAKE_ID, _CONSENT, _CONSENT_FILE, _AGENT, _MANDATE, _OF_MANY = range(
    _DRAFT, _DRAFT + 8
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
# A window hands in what its clerk scanned, and what is the person's already; as the consent also a
# list of its own that others have signed. Locks the files in the order of their ids, since they are
# changed.
_SCANNED_FILES = f"""
    SELECT count(*) AS found FROM (
        SELECT FROM stored_file f
        WHERE (f.staff_id = {NEW.of("filed_by_id")} OR f.person_id = {NEW.of("subject_id")}
            OR f.id = ${_CONSENT_FILE}::uuid AND f.unit_id = {NEW.of("received_unit_id")}
                AND EXISTS (SELECT FROM case_intake i WHERE i.consent_file_id = f.id))
            AND f.id = ANY(${_HANDED_IN}::uuid[]) ORDER BY f.id FOR NO KEY UPDATE
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
        holder_id, notice_due_at, received_unit_id
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
# person's, but a list that many signed the window's, in the rows that are locked first.
SUBMIT_AT_WINDOW = f"""
{_write("staff", _SCANNED_FILES)}, new_intake AS (
    INSERT INTO case_intake (id, created_at, case_id, consent, consent_file_id, agent_sealed,
                             mandate_id)
    SELECT ${_INTAKE_ID}::uuid, created_at, id, ${_CONSENT}::varchar, ${_CONSENT_FILE}::uuid,
           ${_AGENT}::bytea, ${_MANDATE}::uuid
    FROM new_case
), given AS (
    UPDATE stored_file f SET staff_id = NULL, name_hash = told.hash,
        person_id = CASE WHEN NOT listed THEN new_case.subject_id END,
        unit_id = CASE WHEN listed THEN new_case.received_unit_id END
    FROM new_case, unnest(${_HANDED_IN}::uuid[], ${_NAME_HASHES}::varchar[]) AS told(id, hash),
        coalesce(${_OF_MANY}::bool AND told.id = ${_CONSENT_FILE}::uuid, false) AS listed
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
