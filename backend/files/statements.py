"""The SQL of files."""

from backend.files.owners import Kind

# A resident's own are found without this: it is a paper of a case of theirs, or of their person.
FOR_RESIDENT = """
SELECT 1 AS found FROM stored_file f
LEFT JOIN case_material m ON m.file_id = f.id LEFT JOIN "case" c ON c.id = m.case_id
JOIN resident r ON r.id = $2
WHERE f.id = $1 AND (r.person_id IN (f.person_id, c.subject_id) OR c.resident_id = r.id) LIMIT 1
"""


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


# Locks the files that nobody else holds. A case that takes one locks it too.
UNATTACHED = """
SELECT f.id FROM stored_file f
WHERE f.created_at < $3::timestamptz - make_interval(days => $1)
  AND NOT EXISTS (SELECT FROM case_material m WHERE m.file_id = f.id)
ORDER BY f.created_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""

# Looked at again once they are held: a case may have taken one meanwhile.
DELETE = """
DELETE FROM stored_file f
WHERE f.id = ANY($1::uuid[]) AND NOT EXISTS (SELECT FROM case_material m WHERE m.file_id = f.id)
RETURNING key
"""

NAMED = "SELECT key FROM stored_file WHERE key = ANY($1::text[])"

BYTES = """
SELECT EXISTS (SELECT FROM case_material m WHERE m.file_id = f.id) AS attached,
       sum(f.size)::bigint AS bytes
FROM stored_file f GROUP BY 1
"""

ANY_FILE = "SELECT EXISTS (SELECT FROM stored_file)"
