"""The SQL of reading offices, slots and appointments; nothing here locks."""

from backend.appointments.record.statements import APPOINTMENT, OFFICE, among, of_person, shown_to
from backend.appointments.rules.lifecycle import AHEAD
from backend.organisation.places import EARTH_METRES

# By code backwards a community's office comes before its street's, the district's and the city's;
# where a place is asked about ($7), what is nearer comes before that. The distance is the
# great circle (haversine), as `organisation.places` has it of communities. The last one shown has
# its place also if it was closed since then.
OFFICES = f"""
WITH ranked AS (
    SELECT o.id, away.distance_m,
           row_number() OVER (ORDER BY CASE WHEN $7 THEN away.distance_m END,
                              o.unit_id COLLATE "C" DESC, away.distance_m, o.id DESC) AS place
    FROM office o
    JOIN org_unit u ON u.code = o.unit_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.lat + o.lng + $5::float8 + $6::float8 IS NOT NULL THEN
            round(2 * {EARTH_METRES} * asin(least(1, sqrt(
                sin(radians(o.lat - $5) / 2) ^ 2 + cos(radians($5))
                * cos(radians(o.lat)) * sin(radians(o.lng - $6) / 2) ^ 2))))::int
        END AS distance_m
    ) away
    WHERE (o.active OR o.id = $8::uuid)
      AND ($1::varchar[] IS NULL OR u.code = ANY($1)
           OR u.level = 'department' AND u.parent_id = ANY($1))
      AND ($2::varchar[] IS NULL
           OR u.level = ANY($2) AND (u.level <> 'department'
              OR u.department_id = $3 AND (o.items IS NULL OR o.items ? $4)))
)
SELECT {OFFICE}, r.distance_m, h.spans, h.minutes
FROM ranked r JOIN office o ON o.id = r.id JOIN org_unit u ON u.code = o.unit_id
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(
               weekday, left((opens AT TIME ZONE 'Asia/Shanghai')::text, 5),
               left((closes AT TIME ZONE 'Asia/Shanghai')::text, 5))) AS spans,
           min(slot_minutes) AS minutes
    FROM opening_hours WHERE office_id = o.id
) h ON true
WHERE $8::uuid IS NULL OR r.place > (SELECT place FROM ranked WHERE id = $8)
ORDER BY r.place
LIMIT $9
"""
MANAGED_OFFICES = """
SELECT o.id, coalesce(o.code, o.unit_id) AS code, o.unit_id, o.name, o.active,
       array_agg(c.day ORDER BY c.day) FILTER (WHERE c.day IS NOT NULL) AS closed_on
FROM office o LEFT JOIN office_closure c ON c.office_id = o.id
    AND c.day >= $2
WHERE $1::text IS NULL OR starts_with(coalesce(o.code, o.unit_id), $1) OR strpos(o.name, $1) > 0
GROUP BY o.id ORDER BY 2, o.id
"""
COMMUNITY = "SELECT path, lat, lng FROM org_unit WHERE code = $1 AND level = 'community'"
OPEN_OFFICE = f"""
SELECT {OFFICE}
FROM office o JOIN org_unit u ON u.code = o.unit_id
WHERE o.id = $1 AND o.active
"""
ANY_OFFICE = f"SELECT {OFFICE} FROM office o JOIN org_unit u ON u.code = o.unit_id WHERE o.id = $1"
OFFICES_OF_STAFF = f"""
SELECT {OFFICE}
FROM office o JOIN org_unit u ON u.code = o.unit_id
WHERE o.active
  AND (u.code = ANY($1::text[])
       OR EXISTS (SELECT FROM unnest($2::text[]) AS above(path)
                  WHERE starts_with(u.path, above.path || '/')))
  AND ($3::text IS NULL OR coalesce(o.code, o.id::text) COLLATE "C" > $3)
ORDER BY coalesce(o.code, o.id::text) COLLATE "C" LIMIT $4
"""
SLOTS_OF_DAY = """
SELECT id, starts_at, ends_at, capacity, capacity - booked AS available FROM slot
WHERE office_id = $1 AND starts_at >= $2 AND starts_at < $3
  AND capacity > 0
ORDER BY starts_at
"""
DAY_OF_OFFICE = f"""{APPOINTMENT}
WHERE a.id IN (
    SELECT t.appointment_id FROM seat t JOIN slot l ON l.id = t.slot_id
    WHERE l.office_id = $1 AND l.starts_at >= $2 AND l.starts_at < $3)
ORDER BY s.starts_at, a.id
"""
AHEAD_OF_PERSON = f"""{APPOINTMENT}
WHERE a.person_id = $1 AND a.status IN {among(AHEAD)} AND s.ends_at > $2 ORDER BY s.starts_at, a.id
"""
ONE = f"{APPOINTMENT} WHERE a.id = $1"
OF_RESIDENT = f"{APPOINTMENT} WHERE a.id = $1 AND {shown_to('$2')}"
OF_PERSON = f"{APPOINTMENT} WHERE a.id = $1 AND {of_person('$2', '$3')}"
_ASKED = (
    "($2::uuid IS NULL OR id < $2) AND ($3::varchar IS NULL OR status = $3)"
    " ORDER BY id DESC LIMIT $4"
)
# The account's and the person's apart, so that each is answered by an index.
LIST_OF_RESIDENT = f"""{APPOINTMENT}
WHERE a.id IN (
    (SELECT id FROM appointment WHERE resident_id = $1 AND {_ASKED})
    UNION
    (SELECT id FROM appointment
     WHERE person_id = (SELECT person_id FROM resident WHERE id = $1) AND {_ASKED})
)
ORDER BY a.id DESC LIMIT $4
"""
# For who acts for the person.
LIST_OF_PERSON = f"""{APPOINTMENT}
WHERE {of_person("$1", "$5")} AND ($2::uuid IS NULL OR a.id < $2)
    AND ($3::varchar IS NULL OR a.status = $3)
ORDER BY a.id DESC LIMIT $4
"""
DAYS = f"""
SELECT {OFFICE},
       d.day::date AS day, c.reason AS closure, count(s.id) AS slots,
       coalesce(sum(s.capacity - s.booked) FILTER (WHERE s.starts_at >= $4), 0) AS available
FROM office o
JOIN org_unit u ON u.code = o.unit_id
CROSS JOIN generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') AS d(day)
LEFT JOIN office_closure c ON c.office_id = o.id AND c.day = d.day::date
LEFT JOIN slot s ON s.office_id = o.id
     AND s.starts_at >= d.day AT TIME ZONE 'Asia/Shanghai'
     AND s.starts_at < (d.day + interval '1 day') AT TIME ZONE 'Asia/Shanghai'
WHERE o.id = $1 AND o.active
GROUP BY o.id, u.code, d.day, c.reason
ORDER BY d.day
"""
