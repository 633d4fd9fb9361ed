"""The SQL of papers."""

MATERIALS_AT = """
SELECT code FROM case_material WHERE case_id = $1 AND created_at <= $2
    AND (superseded_at IS NULL OR superseded_at > $2)
"""

QUERY_CODE = 'SELECT query_code_sealed FROM "case" WHERE id = $1'

# Locks the series until the transaction ends: a number that is taken is used, or given back.
NEXT_NUMBER = """
INSERT INTO paper_series AS s (name, newest) VALUES ($1, 1)
ON CONFLICT (name) DO UPDATE SET newest = s.newest + 1 RETURNING newest
"""

# Locks the paper, shared, before the series: who revokes it waits for what names it, or was faster.
HOLD_VALID = "SELECT id FROM paper WHERE id = $1 AND revoked_at IS NULL FOR SHARE"

# After NEXT_NUMBER. Of rivals one writes the paper of an event; the others wait for it, and see it.
ISSUE = """
INSERT INTO paper (id, created_at, case_id, kind, seq, unit_id, number, layout, code_hash,
                   content_sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (case_id, seq) WHERE revoked_at IS NULL DO NOTHING RETURNING id
"""

# After ISSUE, which waits for who is just revoking the paper of the event: what it let through sees
# their revocation here, and not before.
REVOKED = """
SELECT unit_id FROM paper WHERE case_id = $1 AND seq = $2 AND revoked_at IS NOT NULL
ORDER BY id DESC LIMIT 1
"""

# Locks the paper: of rivals that drew it the file of one is kept, of one revoked meanwhile none.
HAS_FILE = """
UPDATE paper SET file_id = $2 WHERE id = $1 AND file_id IS NULL AND revoked_at IS NULL RETURNING id
"""

# Locks the paper: it is revoked once.
REVOKE = """
UPDATE paper SET revoked_at = $3, revoked_by_id = $4, revoke_reason_sealed = $5
WHERE id = $1 AND case_id = $2 AND revoked_at IS NULL RETURNING id
"""

_PAPER = """p.id, p.created_at, p.case_id, p.kind, p.seq, p.unit_id, p.number, p.layout,
    p.content_sealed, p.file_id, p.revoked_at, f.key, f.sha256
FROM paper p LEFT JOIN stored_file f ON f.id = p.file_id"""
OF_CASE = f"SELECT {_PAPER} WHERE p.case_id = $1 ORDER BY p.id"
OF_EVENT = f"SELECT {_PAPER} WHERE p.case_id = $1 AND p.seq = $2 AND p.revoked_at IS NULL"
BY_CODE = f"SELECT {_PAPER} WHERE p.code_hash = $1"
BY_NUMBER = f"SELECT {_PAPER} WHERE p.number = $1"
DRAWN = f"SELECT {_PAPER} WHERE p.file_id IS NOT NULL AND p.id > $1 ORDER BY p.id LIMIT $2"
