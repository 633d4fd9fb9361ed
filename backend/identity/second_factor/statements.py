"""The SQL of the second factor. Of a member of staff there is one row, which each act locks first.

The session follows it. So of rivals with one code the later ones see that its step was used.
"""

OFFER = """
INSERT INTO second_factor (id, created_at, staff_id, offered_sealed) VALUES ($1, $2, $3, $4)
ON CONFLICT (staff_id) DO UPDATE SET offered_sealed = EXCLUDED.offered_sealed
"""

_ROW = """
SELECT f.offered_sealed, f.secret_sealed, f.confirmed_at, f.last_step, f.recovery_hashes,
       f.failures, f.locked_until FROM second_factor f WHERE f.staff_id = $1
"""
SEEN = _ROW
# Locks the row: what was used and tried is read after whoever was before us.
LOCKED = f"{_ROW} FOR NO KEY UPDATE"

GIVEN = "SELECT factor_at IS NOT NULL AS given FROM session WHERE id = $1"

CONFIRM = """
UPDATE second_factor SET secret_sealed = $2, offered_sealed = NULL, confirmed_at = $3,
    last_step = $4, recovery_hashes = $5::text::jsonb, failures = 0, locked_until = NULL
WHERE staff_id = $1
"""
# The other sessions gave a code of the factor before, or none.
OWE_AGAIN = "UPDATE session SET factor_at = NULL WHERE staff_id = $1 AND factor_at IS NOT NULL"
GIVE = "UPDATE session SET factor_at = $2 WHERE id = $1"

USED = """
UPDATE second_factor SET last_step = $2, recovery_hashes = $3::text::jsonb, failures = 0,
    locked_until = NULL
WHERE staff_id = $1
"""
FAILED = "UPDATE second_factor SET failures = $2, locked_until = $3 WHERE staff_id = $1"
RECOVERY = "UPDATE second_factor SET recovery_hashes = $2::text::jsonb WHERE staff_id = $1"
FORGET = "DELETE FROM second_factor WHERE staff_id = $1"
