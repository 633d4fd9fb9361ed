"""The SQL of a window. Nothing of it locks."""

from backend.identity.statements import REACHED, WORKS

# Of the days since then, by the units whose people looked.
VOLUMES = """
SELECT l.details->>'unit' AS unit, (l.at AT TIME ZONE 'Asia/Shanghai')::date AS day,
       count(*) FILTER (WHERE l.action = 'reveal')::int AS reveals,
       count(*) FILTER (WHERE l.action = 'search_persons')::int AS searches
FROM access_log l JOIN org_unit u ON u.code = l.details->>'unit'
WHERE l.action IN ('reveal', 'search_persons') AND l.at >= $1
    AND u.path || '/' LIKE ANY($2::text[])
GROUP BY 1, 2 ORDER BY 2 DESC, 1
"""

_CARD = f"""
SELECT p.id, p.name_sealed, p.id_number_sealed, p.phone_sealed, p.address_sealed,
       account.id AS account_id, account.phone_sealed AS account_phone_sealed,
       account.address_sealed AS account_address_sealed,
       coalesce(account.community_id, p.community_id) AS community_id,
       (SELECT count(*) FROM resident r WHERE r.person_id = p.id)::int AS accounts,
       (SELECT count(*) FROM "case" c WHERE c.subject_id = p.id
            AND c.status = ANY($1::varchar[]))::int AS open_cases,
       {WORKS.format("me.person_id = p.id")} AS works
FROM person p {REACHED}
"""
ONE = f"{_CARD} WHERE p.id = $2"
_FOUND = f"{_CARD} WHERE {{}} ORDER BY p.id LIMIT $3"
BY_NUMBER = _FOUND.format("p.id_number_hash = $2")
BY_NAME_AND_BIRTH = _FOUND.format("p.name_birth_hash = $2")
OF_NUMBERS = "SELECT id FROM person WHERE id_number_hash = ANY($1::text[])"
HASHES = "SELECT id, id_number_hash FROM person WHERE id = ANY($1::uuid[])"
# Whether this number or phone is of who has the WeChat account that the clerk is bound to.
IS_AGENT = """
SELECT coalesce(p.id_number_hash = $2, false) AS by_number
FROM staff s JOIN resident r ON r.openid_hash = s.openid_hash
LEFT JOIN person p ON p.id = r.person_id
WHERE s.id = $1 AND (p.id_number_hash = $2 OR r.phone_hash = $3 OR p.phone_hash = $3) LIMIT 1
"""
# The number that the person gave at a window, or that an account of theirs has shown.
BY_PHONE = _FOUND.format(
    "p.id IN (SELECT id FROM person WHERE phone_hash = $2"
    " UNION SELECT person_id FROM resident WHERE phone_hash = $2 AND person_id IS NOT NULL)"
)
