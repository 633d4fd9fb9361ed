"""The SQL of who somebody is: accounts, posts and sessions."""

RESIDENT = "SELECT person_id FROM resident WHERE id = $1 AND erased_at IS NULL"

ACCOUNTS = "SELECT id FROM resident WHERE person_id = $1 ORDER BY id"

# Locks the person: of rivals with one number the later ones find the row of the first.
KEEP_PERSON = """
INSERT INTO person (id, created_at, id_number_hash, id_number_sealed, name_sealed, checked,
                    checked_at, name_birth_hash)
VALUES ($1, $6, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id_number_hash) DO UPDATE
    SET checked = EXCLUDED.checked, checked_at = EXCLUDED.checked_at
RETURNING id, name_sealed
"""
NAME_PERSON = "UPDATE person SET name_sealed = $2, name_birth_hash = $3 WHERE id = $1"
# Of who has an account, the account says it.
REACH_PERSON = """
UPDATE person p SET phone_sealed = coalesce($2, phone_sealed),
    phone_hash = coalesce($3, phone_hash), community_id = $4,
    address_sealed = coalesce($5, address_sealed)
WHERE id = $1 AND NOT EXISTS (SELECT FROM resident r WHERE r.person_id = p.id)
"""
# Those of before they could be found by name; a few at a time.
UNNAMED = """
SELECT id, name_sealed, id_number_sealed FROM person WHERE name_birth_hash IS NULL LIMIT $1
"""
SAY_NAME = "UPDATE person SET name_birth_hash = $2 WHERE id = $1 AND name_birth_hash IS NULL"

_POST = (
    "post.role, post.created_at AS since, unit.code, unit.name, unit.level, unit.path,"
    " unit.department_id"
)
# The posts of `staff` on the day `today`.
_HELD = """LEFT JOIN (post JOIN org_unit AS unit ON unit.code = post.unit_id)
    ON post.staff_id = staff.id
    AND coalesce(post.valid_to >= today, true)
    AND coalesce(unit.valid_from <= today, true) AND coalesce(unit.valid_to >= today, true)"""
POSTS = f"""
SELECT {_POST}, session.factor_at IS NOT NULL AS given,
       EXISTS (SELECT FROM second_factor f
               WHERE f.staff_id = staff.id AND f.confirmed_at IS NOT NULL) AS enrolled,
       ARRAY(SELECT a.staff_id FROM absence a
             WHERE a.deputy_id = staff.id AND a.ended_at IS NULL
                 AND a.starts_on <= today AND a.ends_on >= today) AS deputy_for
FROM session
JOIN staff ON staff.id = session.staff_id AND staff.active
CROSS JOIN (SELECT ($3::timestamptz AT TIME ZONE 'Asia/Shanghai')::date AS today) AS clock
{_HELD}
WHERE session.id = $1 AND staff.id = $2
    AND session.revoked_at IS NULL AND session.expires_at > $3
ORDER BY post.id
"""
# Locks them: who claims, assigns, keeps a filter or disables waits.
HOLD = "SELECT id FROM staff WHERE id = $1 AND active FOR NO KEY UPDATE"
# Locks the person, shared: who is given work and their being disabled take turns.
POSTS_OF = f"""
SELECT {_POST} FROM staff CROSS JOIN (SELECT $2::date AS today) AS clock {_HELD}
WHERE staff.id = $1 AND staff.active ORDER BY post.id FOR SHARE OF staff
"""

WORKS = (
    "EXISTS (SELECT FROM resident me JOIN staff s ON s.openid_hash = me.openid_hash AND s.active"
    " WHERE {})"
)
"""Whether a member of staff works with an account `me`; whose it is stands in braces."""
# In SQL since every submission reads it. Where the account has not said where somebody lives, it is
# what they said at a window.
PROFILE = f"""
SELECT r.id, r.created_at, r.assurance, r.person_id, p.name_sealed, r.phone_sealed,
       p.id_number_sealed, r.address_sealed, p.address_sealed AS person_address_sealed,
       u.code AS community_id, u.name AS community_name,
       {WORKS.format("me.id = r.id")} OR {WORKS.format("me.person_id = r.person_id")} AS works
FROM resident r LEFT JOIN person p ON p.id = r.person_id
LEFT JOIN org_unit u ON u.code = coalesce(r.community_id, p.community_id) WHERE r.id = $1
"""

# Of who has accounts, the newest with a phone says how they are reached where the window did not.
REACHED = """LEFT JOIN LATERAL (
    SELECT r.id, r.phone_sealed, r.address_sealed, r.community_id FROM resident r
    WHERE r.person_id = p.id
    ORDER BY (r.phone_sealed IS NOT NULL) DESC, r.id DESC LIMIT 1
) AS account ON true"""
PROFILE_OF_PERSON = f"""
SELECT account.id, p.id AS person_id, p.name_sealed, account.phone_sealed, p.id_number_sealed,
       account.address_sealed, p.address_sealed AS person_address_sealed,
       p.phone_sealed AS person_phone_sealed, u.code AS community_id, u.name AS community_name,
       {WORKS.format("me.person_id = p.id")} AS works
FROM person p {REACHED}
LEFT JOIN org_unit u ON u.code = coalesce(account.community_id, p.community_id) WHERE p.id = $1
"""

# Whom others applied for has no account in this; the newest of theirs with a phone says it.
APPLICANTS = """
SELECT r.id, r.assurance, r.phone_sealed, p.id AS person_id, p.name_sealed, p.id_number_sealed,
       p.phone_sealed AS person_phone_sealed
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked(account, person, place)
LEFT JOIN resident r ON r.id = coalesce(asked.account, (
    SELECT o.id FROM resident o WHERE o.person_id = asked.person
    ORDER BY (o.phone_sealed IS NOT NULL) DESC, o.id DESC LIMIT 1))
LEFT JOIN person p ON p.id = coalesce(asked.person, r.person_id)
ORDER BY asked.place
"""

MEMBERS = """
SELECT s.id, s.name_sealed, s.active, s.left_at IS NOT NULL AS gone,
       s.openid_hash IS NOT NULL AS bound,
       array_agg(p.unit_id || ':' || p.role ORDER BY p.id) FILTER (WHERE p.id IS NOT NULL) AS posts
FROM staff s
LEFT JOIN post p ON p.staff_id = s.id
    AND coalesce(p.valid_to >= $1, true)
GROUP BY s.id ORDER BY s.id
"""

# Locks the member of staff: who changes the same one waits, and reads the posts after it.
TOUCH = "UPDATE staff SET version = version + 1 WHERE id = $1"

# Nobody is shown any more where it was.
_END = """
WITH ended AS (
    UPDATE session SET revoked_at = clock_timestamp(), revoke_reason = $1,
        device = NULL, network = NULL
    WHERE {condition} AND revoked_at IS NULL RETURNING id)
SELECT id, pg_notify('session_ended', id::text) FROM ended
"""

END_ONE = _END.format(condition="id = $2")


def end_all(owner: str) -> str:
    """End all sessions of whom the column names, for the reason $1."""
    return _END.format(condition=f"{owner} = $2")


def end_own(owner: str) -> str:
    """End a session that has not expired, if it is theirs."""
    return _END.format(condition=f"id = $2 AND {owner} = $3 AND expires_at > $4")


def end_others(owner: str) -> str:
    """End all of theirs but one."""
    return _END.format(condition=f"id <> $2 AND {owner} = $3")


_ALIVE = """
SELECT s.id, s.created_at AS begun_at, s.device, s.network,
       coalesce(t.used_at, s.created_at) AS used_at
FROM session s
LEFT JOIN LATERAL (
    SELECT max(created_at) AS used_at FROM refresh_token WHERE session_id = s.id
) t ON true
WHERE s.{owner} = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
  AND ($3::uuid IS NULL OR s.id < $3)
ORDER BY s.id DESC LIMIT $4
"""


def alive(owner: str) -> str:
    """The sessions that have not ended of whom the column names; the last begun first."""
    return _ALIVE.format(owner=owner)


ENDED_LATELY = "SELECT id FROM session WHERE revoked_at > now() - make_interval(secs => $1)"

# A used refresh token is kept while its session could live: its reuse must end the session.
FORGET_TOKENS = """
DELETE FROM refresh_token t USING session s WHERE s.id = t.session_id
  AND least(s.expires_at, s.revoked_at) < $1::timestamptz - interval '1 day' RETURNING t.id
"""
