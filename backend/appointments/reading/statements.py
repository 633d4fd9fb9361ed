"""The SQL of reading offices, slots and appointments; nothing here locks."""

from backend.appointments.record.statements import APPOINTMENT, OFFICE

# By code backwards a community's office comes before its street's, the district's and the city's.
OFFICES = f"""
SELECT {OFFICE}, h.spans
FROM office o
JOIN org_unit u ON u.code = o.unit_id
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(
               weekday, left((opens AT TIME ZONE 'Asia/Shanghai')::text, 5),
               left((closes AT TIME ZONE 'Asia/Shanghai')::text, 5))) AS spans
    FROM opening_hours WHERE office_id = o.id
) h ON true
WHERE o.active
  AND ($1::varchar[] IS NULL OR u.code = ANY($1)
       OR u.level = 'department' AND u.parent_id = ANY($1))
  AND ($2::varchar[] IS NULL OR u.level = ANY($2) OR u.department_id = $3)
  AND ($4::uuid IS NULL OR (o.unit_id COLLATE "C", o.id) <
       (SELECT unit_id, id FROM office WHERE id = $4))
ORDER BY o.unit_id COLLATE "C" DESC, o.id DESC
LIMIT $5
"""
MANAGED_OFFICES = """
SELECT o.id, o.unit_id, o.name, o.active,
       array_agg(c.day ORDER BY c.day) FILTER (WHERE c.day IS NOT NULL) AS closed_on
FROM office o LEFT JOIN office_closure c ON c.office_id = o.id
    AND c.day >= $2
WHERE $1::text IS NULL OR starts_with(o.unit_id, $1) OR strpos(o.name, $1) > 0
GROUP BY o.id ORDER BY o.unit_id, o.id
"""
COMMUNITY_PATH = "SELECT path FROM org_unit WHERE code = $1 AND level = 'community'"
OPEN_OFFICE = f"""
SELECT {OFFICE}
FROM office o JOIN org_unit u ON u.code = o.unit_id
WHERE o.id = $1 AND o.active
"""
SLOTS_OF_DAY = """
SELECT id, starts_at, ends_at, capacity, capacity - booked AS available FROM slot
WHERE office_id = $1 AND starts_at >= $2 AND starts_at < $3
  AND capacity > 0
ORDER BY starts_at
"""
OF_RESIDENT = f"{APPOINTMENT} WHERE a.id = $1 AND a.resident_id = $2"
LIST_OF_RESIDENT = f"""{APPOINTMENT}
WHERE a.resident_id = $1 AND ($2::uuid IS NULL OR a.id < $2)
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
