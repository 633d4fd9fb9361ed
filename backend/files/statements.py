"""The SQL of files."""

# Locks the resident: uploads are written down one after the other, so that none passes the quota.
IN_TURN = "SELECT 1 AS found FROM resident WHERE id = $1 FOR NO KEY UPDATE"

# Not counted: what an accepted case has, which is the administration's; and after a year the rest.
KEPT_BYTES = """
SELECT coalesce(sum(f.size), 0)::bigint AS bytes FROM stored_file f
WHERE f.resident_id = $1 AND f.created_at > $2::timestamptz - interval '1 year'
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
