"""The SQL of mandates.

Who gives one locks the principal first, so that what is counted holds; then the mandates, in the
order of their ids. Who accepts or revokes locks the mandates alone.
"""

_COLUMNS = """m.id, m.created_at, m.principal_id, m.agent_id, m.unit_id, m.items, m.rights, m.until,
       m.basis, m.window_id, m.proof, m.file_id, m.code_hash, m.code_until, m.tries,
       m.accepted_at, m.revoked_at"""

# Locks the principal: of rivals each counts and replaces what those before gave.
LOCK_PRINCIPAL = "SELECT id FROM person WHERE id = $1 FOR NO KEY UPDATE"
PHONE = "SELECT phone_hash FROM resident WHERE id = $1 AND erased_at IS NULL"
OWN_PHONE = "SELECT 1 AS found FROM resident WHERE person_id = $1 AND phone_hash = $2"

# Whoever is given one anew has the new one only: of a unit that in force, of a phone that which
# waits for its code.
REPLACE = """
UPDATE mandate SET revoked_at = $4, revoked_by = 'replaced'
WHERE principal_id = $1 AND revoked_at IS NULL AND basis <> 'guardian'
    AND (unit_id = $2 OR agent_phone_hash = $3 AND accepted_at IS NULL)
"""
# One that waits counts as long as its code could be given.
IN_FORCE = """
SELECT count(*)::int AS found FROM mandate
WHERE principal_id = $1 AND revoked_at IS NULL AND until >= $2
    AND (accepted_at IS NOT NULL OR code_until > $3)
"""
# Between the same two, on the same terms, until this day or longer; the caller has locked the
# principal, so that of rivals each sees those before.
SAME = """
SELECT 1 AS found FROM mandate
WHERE principal_id = $1 AND agent_id = $2 AND basis = $3 AND until >= $4 AND revoked_at IS NULL
    AND items IS NOT DISTINCT FROM $5::text::jsonb AND rights = $6::text::jsonb LIMIT 1
"""
GIVE = """
INSERT INTO mandate (id, created_at, principal_id, unit_id, items, rights, until, basis,
                     agent_phone_hash, code_hash, code_until, accepted_at)
VALUES ($1, $2, $3, $4, $5::text::jsonb, $6::text::jsonb, $7, 'code', $8, $9, $10, $11)
"""

GIVE_AT_WINDOW = """
INSERT INTO mandate (id, created_at, principal_id, agent_id, unit_id, items, rights, until, basis,
                     window_id, staff_id, proof, file_id, accepted_at)
VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7::text::jsonb, $8, $9, $10, $11, $12, $13, $2)
"""
# Whether one of these persons has the WeChat account that this member of staff is bound to.
IS_ONESELF = """
SELECT 1 AS found FROM staff s JOIN resident r ON r.openid_hash = s.openid_hash
WHERE s.id = $1 AND r.person_id = ANY($2::uuid[]) LIMIT 1
"""

# Locks all that wait for a code of this phone: of rivals each tries after the one before.
WAITING = f"""
SELECT {_COLUMNS} FROM mandate m
WHERE agent_phone_hash = $1 AND accepted_at IS NULL AND revoked_at IS NULL
    AND code_until > $2 AND tries < $3
ORDER BY id FOR NO KEY UPDATE
"""
ACCEPTED = f"""
SELECT {_COLUMNS} FROM mandate m
WHERE agent_id = $1 AND agent_phone_hash = $2 AND revoked_at IS NULL AND code_until > $3
"""
ACCEPT = "UPDATE mandate SET agent_id = $2, accepted_at = $3 WHERE id = $1"
TRIED = "UPDATE mandate SET tries = tries + 1 WHERE id = ANY($1::uuid[])"

# Locks the mandate: acts that began before are waited for, later ones see that it has ended.
LOCK_OWN = f"""
SELECT {_COLUMNS} FROM mandate m WHERE id = $1 AND $2 IN (principal_id, agent_id)
FOR NO KEY UPDATE
"""
LOCK_ANY = f"SELECT {_COLUMNS} FROM mandate m WHERE id = $1 FOR NO KEY UPDATE"
REVOKE = "UPDATE mandate SET revoked_at = $2, revoked_by = $3 WHERE id = $1"

_NAMED = f"""
SELECT {_COLUMNS}, p.name_sealed AS principal_name, a.name_sealed AS agent_name
FROM mandate m JOIN person p ON p.id = m.principal_id LEFT JOIN person a ON a.id = m.agent_id
"""
ONE = f"{_NAMED} WHERE m.id = $1"
GIVEN = f"{_NAMED} WHERE m.principal_id = $1 ORDER BY m.id DESC LIMIT $2"
HELD = f"{_NAMED} WHERE m.agent_id = $1 ORDER BY m.id DESC LIMIT $2"

# The account that stands for the principal is the one that says how they are reached.
_ACTING = f"""
SELECT {_COLUMNS}, (
    SELECT r.id FROM resident r WHERE r.person_id = m.principal_id
    ORDER BY (r.phone_sealed IS NOT NULL) DESC, r.id DESC LIMIT 1) AS account
FROM mandate m JOIN resident me ON me.person_id = m.agent_id
WHERE m.id = $1 AND me.id = $2
"""
SEEN = _ACTING
# Locks the mandate, shared, as HELD_FAST does.
OF_UNIT_FAST = f"""
SELECT {_COLUMNS} FROM mandate m WHERE id = $1 AND unit_id = $2 AND principal_id = $3 FOR SHARE
"""
# Locks the mandate, shared, until the transaction ends: who revokes it waits for acts that began,
# and what begins after sees that it has ended.
HELD_FAST = f"{_ACTING} FOR SHARE OF m"
