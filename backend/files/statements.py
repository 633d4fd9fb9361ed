"""The SQL of files."""

from backend.files.owners import Kind


def unused(file: str) -> str:
    """Whether nothing has the file of this alias.

    Neither a case, handed in or as a consent, nor a mandate, nor a unit that issued it.
    """
    return (
        f"{file}.unit_id IS NULL"
        f" AND NOT EXISTS (SELECT FROM case_material m WHERE m.file_id = {file}.id)"
        f" AND NOT EXISTS (SELECT FROM case_intake i WHERE i.consent_file_id = {file}.id)"
        f" AND NOT EXISTS (SELECT FROM mandate a WHERE a.file_id = {file}.id)"
    )


OF_CASE = """
SELECT EXISTS (SELECT FROM case_material WHERE case_id = $1 AND file_id = $2)
    OR EXISTS (SELECT FROM case_intake WHERE case_id = $1 AND consent_file_id = $2) AS used
"""

# The case that a paper of this file was issued for, and the account that filed it.
ISSUED_FOR = """
SELECT c.id, c.resident_id FROM paper p JOIN "case" c ON c.id = p.case_id WHERE p.file_id = $1
"""

# A paper of a case of the person, of these items where not of all.
FOR_AGENT = """
SELECT 1 AS found FROM case_material m JOIN "case" c ON c.id = m.case_id
WHERE m.file_id = $1 AND c.subject_id = $2 AND ($3::text[] IS NULL OR c.item_id = ANY($3)) LIMIT 1
"""

# A resident's own are found without this: it is a paper of a case of theirs, or of their person.
FOR_RESIDENT = """
SELECT 1 AS found FROM stored_file f
LEFT JOIN case_material m ON m.file_id = f.id LEFT JOIN "case" c ON c.id = m.case_id
JOIN resident r ON r.id = $2
WHERE f.id = $1 AND (r.person_id IN (f.person_id, c.subject_id) OR c.resident_id = r.id) LIMIT 1
"""

# Each part in the order of an index. Of a person's other accounts: what a case of the person has.
_PAPER = "f.id, f.created_at, f.name_sealed, f.media_type, f.size, f.sha256"
_ASKED = """($2::uuid IS NULL OR f.id < $2) AND ($3::text IS NULL OR EXISTS (
    SELECT FROM case_material m WHERE m.file_id = f.id AND m.code = $3))
ORDER BY f.id DESC LIMIT $4"""


def _with_uses(page: str, shown: str) -> str:
    """The files of `page`, the last of its CTEs, with their uses in cases `c` that are `shown`."""
    return f"""
{page}
SELECT page.*, (
    SELECT json_agg(json_build_array(m.code, c.item_id, v.name, c.id, c.number)
                    ORDER BY m.created_at DESC, m.id DESC)
    FROM case_material m JOIN "case" c ON c.id = m.case_id JOIN item_version v
        ON v.id = c.item_version_id CROSS JOIN me
    WHERE m.file_id = page.id AND {shown}
) AS uses
FROM page ORDER BY id DESC
"""


# Uses are told of cases that this account is shown.
OWN = _with_uses(
    f"""
WITH me AS (SELECT id, person_id FROM resident WHERE id = $1), files AS (
    (SELECT {_PAPER} FROM stored_file f WHERE f.resident_id = $1 AND {_ASKED})
    UNION ALL
    (SELECT {_PAPER} FROM stored_file f
     WHERE f.person_id IS NOT NULL AND f.person_id = (SELECT person_id FROM me) AND {_ASKED})
    UNION ALL
    (SELECT theirs.* FROM me JOIN resident r ON r.person_id = me.person_id AND r.id <> me.id
     CROSS JOIN LATERAL (
        SELECT {_PAPER} FROM stored_file f WHERE f.resident_id = r.id AND EXISTS (
            SELECT FROM case_material m JOIN "case" c ON c.id = m.case_id
            WHERE m.file_id = f.id AND c.subject_id = me.person_id) AND {_ASKED}
     ) AS theirs)
), page AS (SELECT * FROM files ORDER BY id DESC LIMIT $4)""",
    "(c.resident_id = me.id OR c.subject_id = me.person_id)",
)
# For an agent of person $1: what the person's cases of the items $5 have, or of all.
_COVERED = "c.subject_id = me.person_id AND ($5::text[] IS NULL OR c.item_id = ANY($5))"
HANDED_IN_FOR = _with_uses(
    f"""
WITH me AS (SELECT $1::uuid AS person_id), page AS (
    SELECT {_PAPER} FROM stored_file f WHERE f.id = ANY(ARRAY(
        SELECT m.file_id FROM me JOIN "case" c ON {_COVERED}
        JOIN case_material m ON m.case_id = c.id)) AND {_ASKED})""",
    _COVERED,
)


# Locks the owner, against other uploads of theirs.
def in_turn(owner: Kind) -> str:
    """Let uploads be written down one after the other, so that none passes the quota."""
    return f"SELECT 1 AS found FROM {owner} WHERE id = $1 FOR NO KEY UPDATE"


def kept_bytes(owner: Kind) -> str:
    """How many bytes of an owner count.

    Not those of an accepted case, which are the administration's; and after a year no others.
    """
    return f"""
SELECT coalesce(sum(f.size), 0)::bigint AS bytes FROM stored_file f
WHERE f.{owner}_id = $1 AND f.created_at > $2::timestamptz - interval '1 year'
  AND NOT EXISTS (
    SELECT FROM case_material m JOIN "case" c ON c.id = m.case_id
    WHERE m.file_id = f.id AND c.accepted_at IS NOT NULL
)
"""


def _in_draft(now: str) -> str:
    return f"""EXISTS (SELECT FROM draft d WHERE d.resident_id = f.resident_id
    AND f.id = ANY(d.file_ids) AND d.expires_at > {now})"""


# Locks the files that nobody else holds. A case that takes one locks it too. What an account has in
# a draft is kept as long as that.
UNATTACHED = f"""
SELECT f.id FROM stored_file f
WHERE f.created_at < $3::timestamptz - make_interval(days => $1) AND {unused("f")}
  AND NOT {_in_draft("$3")}
ORDER BY f.created_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""

# Looked at again once they are held: a case or a draft may have taken one meanwhile.
DELETE = f"""
DELETE FROM stored_file f WHERE f.id = ANY($1::uuid[]) AND {unused("f")}
  AND NOT {_in_draft("$2")}
RETURNING key
"""

NAMED = "SELECT key FROM stored_file WHERE key = ANY($1::text[])"

BYTES = f"""
SELECT NOT ({unused("f")}) AS attached,
       sum(f.size)::bigint AS bytes
FROM stored_file f GROUP BY 1
"""

ANY_FILE = "SELECT EXISTS (SELECT FROM stored_file)"


# Locks the files in the order of their ids.
def handed_over(giver: Kind) -> str:
    """The files that whoever this is may hand in for a person: unused ones, and the person's."""
    return f"""
SELECT f.id FROM stored_file f
WHERE (f.{giver}_id = $1 AND {unused("f")} OR f.person_id = $2
        OR f.resident_id IN (SELECT id FROM resident WHERE person_id = $2))
    AND f.id = ANY($3::uuid[])
ORDER BY f.id FOR NO KEY UPDATE OF f
"""


def give(giver: Kind) -> str:
    """Make the person's what is this giver's of these files."""
    return f"""
UPDATE stored_file f SET {giver}_id = NULL, person_id = $1, name_hash = told.hash
FROM unnest($2::uuid[], $3::varchar[]) AS told(id, hash)
WHERE f.id = told.id AND f.{giver}_id = $4
"""


FILE_NAMES = "SELECT id, name_sealed FROM stored_file WHERE id = ANY($1::uuid[])"
