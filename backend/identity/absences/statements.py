"""The SQL of absences. What declares one locks those whom it is about; the rest locks nothing."""

# Locks both, in the order of their ids: whoever declares or names one of them meanwhile waits, and
# looks once the other's absence can be seen.
LOCK_COLLEAGUES = (
    "SELECT id FROM staff WHERE id = ANY($1::uuid[]) AND active ORDER BY id FOR NO KEY UPDATE"
)
_WITHIN = "ended_at IS NULL AND starts_on <= $3::date AND ends_on >= $2::date"
AWAY = f"SELECT 1 AS found FROM absence WHERE staff_id = $1 AND {_WITHIN} LIMIT 1"
DEPUTISES = f"SELECT 1 AS found FROM absence WHERE deputy_id = $1 AND {_WITHIN} LIMIT 1"

# Whether the deputy has, on this day, a post of a role and unit of whoever is away; else they are
# gone for it, though an account of theirs may be left. As `declare` asks of who is named.
_ACTS = """(d.active AND EXISTS (
    SELECT FROM post p JOIN post q ON q.unit_id = p.unit_id AND q.role = p.role
    WHERE p.staff_id = a.staff_id AND q.staff_id = a.deputy_id
        AND p.role IN ('clerk', 'reviewer', 'approver')
        AND coalesce(p.valid_to >= {0}::date, true) AND coalesce(q.valid_to >= {0}::date, true)))"""
# $2 are the paths that who asks supervises, each with all that is below it.
_ABSENCES = f"""
SELECT a.id, a.starts_on, a.ends_on, a.ended_at, a.reason_sealed, a.staff_id, a.deputy_id,
       s.name_sealed, d.name_sealed AS deputy_name_sealed, held.supervised,
       a.deputy_id IS NOT NULL AND NOT {_ACTS.format("$3")} AS deputy_gone
FROM absence a JOIN staff s ON s.id = a.staff_id LEFT JOIN staff d ON d.id = a.deputy_id
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM post p JOIN org_unit u ON u.code = p.unit_id
    WHERE p.staff_id = a.staff_id AND coalesce(p.valid_to >= $3::date, true)
        AND u.path || '/' LIKE ANY($2::varchar[])
) AS supervised) AS held
WHERE (held.supervised OR a.staff_id = $1 OR a.deputy_id = $1)
"""
LIST = f"""{_ABSENCES} AND a.ends_on >= $3::date - 30 AND ($4::uuid IS NULL OR a.id < $4)
ORDER BY a.id DESC LIMIT $5"""
ONE = f"{_ABSENCES} AND a.id = $4"
END = "UPDATE absence SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL AND ends_on >= $3::date"
OF_DEPUTY = f"""
SELECT a.id, a.staff_id, {_ACTS.format("$2")} AS acts, a.starts_on, a.ends_on, ARRAY(
    SELECT DISTINCT p.unit_id FROM post p
    WHERE p.staff_id = a.staff_id AND coalesce(p.valid_to >= $2::date, true) ORDER BY 1
) AS units
FROM absence a JOIN staff d ON d.id = a.deputy_id
WHERE a.deputy_id = $1 AND a.ended_at IS NULL AND a.ends_on >= $2::date
ORDER BY a.id
"""
