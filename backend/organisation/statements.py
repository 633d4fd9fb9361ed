"""The SQL of the organisation. Only a load locks anything: the units, against another load."""

UNITS = (
    "SELECT code, name, level, parent_id, department_id, path, lat, lng, valid_from, valid_to"
    " FROM org_unit"
)

# Which rows there are, in a word: equal for equal rows.
STATE = "SELECT md5(string_agg(u::text, '|' ORDER BY code)) AS state FROM org_unit u"

COLUMNS = ("name", "level", "parent_id", "department_id", "path", "lat", "lng", "valid_to")

KNOWN_UNITS = f"SELECT code, {', '.join(COLUMNS)} FROM org_unit"

# Locks the table against writers: two loads at once would insert the same rows in different orders.
LOCK_UNITS = "LOCK TABLE org_unit IN SHARE ROW EXCLUSIVE MODE"

GONE = """
SELECT code, name FROM org_unit
WHERE code <> ALL($1::text[]) AND coalesce(valid_to >= $2::date, true) ORDER BY code
"""

IN_USE = """
WITH gone AS (SELECT code, name FROM org_unit WHERE code = ANY($1::text[])),
held AS (
    SELECT g.code, count(DISTINCT c.id) AS cases
    FROM gone g JOIN "case" c ON g.code IN (c.community_id, c.holder_id, c.department_unit_id)
    WHERE c.status <> ALL($2::text[]) GROUP BY g.code
), posted AS (
    SELECT p.unit_id AS code, count(DISTINCT p.staff_id) AS staff
    FROM post p JOIN staff s ON s.id = p.staff_id AND s.left_at IS NULL
    WHERE p.unit_id = ANY($1::text[]) AND coalesce(p.valid_to >= $3::date, true) GROUP BY p.unit_id
)
SELECT code, name, coalesce(cases, 0) AS cases, coalesce(staff, 0) AS staff
FROM gone LEFT JOIN held USING (code) LEFT JOIN posted USING (code)
WHERE cases > 0 OR staff > 0 ORDER BY code
"""
