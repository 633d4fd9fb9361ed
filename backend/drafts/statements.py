"""The SQL of drafts."""

_COLUMNS = (
    "d.id, d.item_id, d.item_version, d.content_sealed, d.updated_at, d.expires_at, d.version"
)

ONE = f"SELECT {_COLUMNS} FROM draft d WHERE id = $1 AND resident_id = $2 AND expires_at > $3"
LIST = f"""
SELECT {_COLUMNS} FROM draft d WHERE resident_id = $1 AND expires_at > $2
ORDER BY updated_at DESC, id
"""

# Locks the account, against other drafts that are begun: so none passes the most.
IN_TURN = "SELECT id FROM resident WHERE id = $1 AND erased_at IS NULL FOR NO KEY UPDATE"
EXPIRED = "DELETE FROM draft WHERE (resident_id = $1 OR id = $2) AND expires_at <= $3"
KEPT = "SELECT count(*)::int AS kept FROM draft WHERE resident_id = $1"
BEGIN = f"""
INSERT INTO draft AS d (id, created_at, resident_id, item_id, item_version, content_sealed,
                        updated_at, expires_at, file_ids, version)
VALUES ($1, $6, $2, $3, $4, $5, $6, $7, $8::uuid[], 1)
ON CONFLICT (id) DO NOTHING RETURNING {_COLUMNS}
"""

# Locks the draft: of rivals who saw one version the first one's counts.
CHANGE = f"""
UPDATE draft d SET item_id = $3, item_version = $4, content_sealed = $5, updated_at = $6,
    expires_at = $7, file_ids = $8::uuid[], version = version + 1
WHERE id = $1 AND resident_id = $2 AND version = $9 AND expires_at > $6 RETURNING {_COLUMNS}
"""
DELETE = "DELETE FROM draft WHERE id = $1 AND resident_id = $2 AND expires_at > $3 RETURNING id"

# Locks the drafts it tells of, and passes over those that are being changed: saved again they end
# later, handed in they are gone. It is told of what ends in $2 to $3, once for each end.
WARN = """
WITH due AS (
    SELECT id FROM draft
    WHERE expires_at > $1::timestamptz + $2::interval AND expires_at <= $1 + $3::interval
        AND warned_for IS DISTINCT FROM expires_at
    ORDER BY expires_at LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
), told AS (
    UPDATE draft d SET warned_for = expires_at FROM due WHERE d.id = due.id
    RETURNING d.id, d.resident_id, d.item_id, d.expires_at
)
SELECT told.*, v.name FROM told LEFT JOIN LATERAL (
    SELECT name FROM item_version WHERE item_id = told.item_id
    ORDER BY status = 'published' DESC, version DESC LIMIT 1
) v ON true ORDER BY told.expires_at, told.id
"""
FORGET = "DELETE FROM draft WHERE expires_at <= $1 RETURNING id"
