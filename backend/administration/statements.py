"""The SQL of administration. Each act locks the whole of it first, then what it changes."""

# Locks administration until the transaction ends: acts are rare, and each looks at several posts of
# several people, such as whether another administrator is left.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('administration', 0))"

_MEMBER = """
SELECT s.id, s.created_at, s.name_sealed, s.active, s.left_at IS NOT NULL AS gone, s.version,
       s.openid_hash IS NOT NULL AS bound, p.posts,
       EXISTS (SELECT FROM second_factor f
               WHERE f.staff_id = s.id AND f.confirmed_at IS NOT NULL) AS factor
FROM staff s
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object(
               'id', p.id, 'role', p.role, 'unit', u.code, 'name', u.name, 'level', u.level,
               'path', u.path, 'granted_at', p.created_at, 'granted_by', p.granted_by_id,
               'held', coalesce(p.valid_to >= $1::date, true)) ORDER BY p.id) AS posts
    FROM post p JOIN org_unit u ON u.code = p.unit_id WHERE p.staff_id = s.id
) p
"""
MEMBER = f"{_MEMBER} WHERE s.id = $2"
# Of whoever has, or ever had, a post in these subtrees.
MEMBERS = f"""{_MEMBER}
WHERE ($3::uuid IS NULL OR s.id < $3) AND EXISTS (
    SELECT FROM post p JOIN org_unit u ON u.code = p.unit_id
    CROSS JOIN unnest($2::text[]) AS above(path)
    WHERE p.staff_id = s.id AND starts_with(u.path || '/', above.path || '/'))
ORDER BY s.id DESC LIMIT $4
"""
# Who else could log in today and administers one of these units.
OTHER_ADMIN = """
SELECT 1 FROM post p JOIN staff s ON s.id = p.staff_id
WHERE p.role = 'admin' AND p.unit_id = ANY($2::text[]) AND p.staff_id <> $1
  AND s.active AND s.openid_hash IS NOT NULL AND coalesce(p.valid_to >= $3::date, true) LIMIT 1
"""
# How many hold which post in each of the units today.
POSTS_OF_UNITS = """
SELECT p.unit_id, p.role, count(*)::int AS posts
FROM post p JOIN staff s ON s.id = p.staff_id AND s.active
WHERE p.unit_id = ANY($1::text[]) AND coalesce(p.valid_to >= $2::date, true)
GROUP BY p.unit_id, p.role
"""
HEADS_OF_UNITS = """
SELECT DISTINCT p.unit_id, s.id, s.name_sealed
FROM post p JOIN staff s ON s.id = p.staff_id AND s.active
WHERE p.role = 'admin' AND p.unit_id = ANY($1::text[]) AND coalesce(p.valid_to >= $2::date, true)
ORDER BY s.id
"""
CLOSURES = """
SELECT day, reason, created_at AS closed_at FROM office_closure
WHERE office_id = $1 AND day >= $2::date ORDER BY day
"""
