"""The SQL of the plan: offices and their hours from the plans, slots from the hours.

Nothing of it is run while somebody waits. What changes slots locks those of one day by id, after a
closure of it, and looks at each again once it is locked.
"""

from backend.appointments.record.statements import OFFICE, among
from backend.appointments.rules.lifecycle import Action, sources

# $1 has the plans by level, and the offices that have a row of their own.
_PLANNED = """
WITH planned AS (
    SELECT u.code AS unit, u.code, u.name || plan.name AS name,
           (SELECT string_agg(above.name, '' ORDER BY length(above.path)) FROM org_unit above
            WHERE above.code = ANY(string_to_array(u.path, '/'))) AS address,
           plan.phone, u.lat, u.lng, NULL::jsonb AS items,
           plan.desks, plan.slot_minutes, plan.days, plan.hours
    FROM org_unit u
    JOIN jsonb_to_recordset($1::text::jsonb->'levels') AS plan(
        level text, name text, phone text, desks int, slot_minutes int, days jsonb, hours jsonb)
      ON plan.level = u.level
    WHERE u.valid_to IS NULL OR u.valid_to > $3::timestamptz
    UNION ALL
    SELECT u.code, own.code, own.name, own.address, own.phone, own.lat, own.lng,
           nullif(own.items, 'null'), own.desks, own.slot_minutes, own.days, own.hours
    FROM org_unit u
    JOIN jsonb_to_recordset($1::text::jsonb->'offices') AS own(
        unit text, code text, name text, address text, phone text, lat float8, lng float8,
        items jsonb, desks int, slot_minutes int, days jsonb, hours jsonb)
      ON own.unit = u.code
    WHERE u.valid_to IS NULL OR u.valid_to > $3::timestamptz
), kept AS (
    SELECT o.id AS office_id, weekday::int, (span->>0 || '+08')::timetz AS opens,
           (span->>1 || '+08')::timetz AS closes, p.desks, p.slot_minutes
    FROM planned p JOIN office o ON o.code = p.code
    CROSS JOIN jsonb_array_elements(p.days) AS weekday
    CROSS JOIN jsonb_array_elements(p.hours) AS span
    WHERE $2::uuid[] IS NULL OR o.id = ANY($2)
)
"""
OPEN = f"""{_PLANNED}
INSERT INTO office (id, created_at, unit_id, code, name, address, phone, lat, lng, items, active)
SELECT uuidv7(), $3, p.unit, p.code, p.name, p.address, p.phone, p.lat, p.lng, p.items, true
FROM planned p WHERE NOT EXISTS (SELECT 1 FROM office o WHERE o.code = p.code)
RETURNING id
"""
RENAME = f"""{_PLANNED}
UPDATE office o SET name = p.name, address = p.address, phone = p.phone,
    lat = p.lat, lng = p.lng, items = p.items
FROM planned p WHERE o.code = p.code
  AND (o.name, o.address, o.phone, o.lat, o.lng, o.items)
      IS DISTINCT FROM (p.name, p.address, p.phone, p.lat, p.lng, p.items)
RETURNING old.name, old.address, old.phone, format('%s, %s', old.lat, old.lng) AS place,
          coalesce(old.items::text, '') AS items,
          new.name AS new_name, new.address AS new_address, new.phone AS new_phone,
          format('%s, %s', new.lat, new.lng) AS new_place,
          coalesce(new.items::text, '') AS new_items
"""
# An office is open while it is planned, and takes no bookings after that.
OPEN_OR_CLOSE = f"""{_PLANNED}
UPDATE office o SET active = NOT o.active
WHERE o.active <> EXISTS (SELECT 1 FROM planned p WHERE p.code = o.code)
RETURNING o.name, o.active
"""
BOOKED = f"""
SELECT coalesce(o.code, o.id::text) AS code, o.name, s.day, count(DISTINCT a.id) AS booked
FROM office o JOIN org_unit u ON u.code = o.unit_id
JOIN LATERAL (
    SELECT slot.id, to_char(starts_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') AS day
    FROM slot WHERE office_id = o.id AND starts_at > $4 AND booked > 0
) s ON true
JOIN seat t ON t.slot_id = s.id
JOIN appointment a ON a.id = t.appointment_id AND a.status IN {among(sources(Action.CLOSE))}
WHERE o.active AND (u.code = ANY($1::text[])
    OR NOT coalesce(o.code = ANY($3::text[]), false)
       AND NOT coalesce(o.code = u.code AND u.level = ANY($2::text[]), false))
GROUP BY o.id, s.day ORDER BY code, s.day
"""
# What is booked from now on, and whether it is served there is asked of each.
BOOKED_ITEMS = f"""
SELECT {OFFICE}, a.item_id, count(*) AS booked,
       min(to_char(s.starts_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')) AS first
FROM slot s JOIN seat t ON t.slot_id = s.id
JOIN appointment a ON a.id = t.appointment_id AND a.status IN {among(sources(Action.CLOSE))}
JOIN office o ON o.id = s.office_id JOIN org_unit u ON u.code = o.unit_id
WHERE s.starts_at > $1 AND s.booked > 0 AND a.item_id IS NOT NULL AND a.case_id IS NULL
GROUP BY o.id, u.code, a.item_id ORDER BY o.code, a.item_id
"""
# By `=`, since none is null: by IS NOT DISTINCT FROM each row would be compared with each other.
_SAME = "(h.office_id, h.weekday, h.opens, h.closes, h.desks, h.slot_minutes) = \
(k.office_id, k.weekday, k.opens, k.closes, k.desks, k.slot_minutes)"
END_HOURS = f"""{_PLANNED}
DELETE FROM opening_hours h USING office o WHERE o.id = h.office_id
  AND h.office_id IN (SELECT office_id FROM kept)
  AND NOT EXISTS (SELECT 1 FROM kept k WHERE {_SAME})
RETURNING o.name
"""
ADD_HOURS = f"""{_PLANNED}
INSERT INTO opening_hours (id, created_at, office_id, weekday, opens, closes, desks, slot_minutes)
SELECT uuidv7(), $3, k.* FROM kept k
WHERE NOT EXISTS (SELECT 1 FROM opening_hours h WHERE {_SAME})
"""

# Which slots the offices should have on the day $1, which keeps the hours of the weekday $2 (none:
# null). Opening hours carry the city's offset, so a day plus a time is a moment. A last piece
# shorter than a slot is left out. With the lengths computed in a subquery, the same took PostgreSQL
# five times as long.
_WANTED = """
wanted AS (
    SELECT o.id AS office_id, start AS starts_at,
           start + make_interval(mins => h.slot_minutes) AS ends_at, h.desks
    FROM office o JOIN opening_hours h ON h.office_id = o.id AND h.weekday = $2
    CROSS JOIN LATERAL generate_series(
        $1::date + h.opens, $1::date + h.closes - make_interval(mins => h.slot_minutes),
        make_interval(mins => h.slot_minutes)) AS start
    WHERE o.active
      AND NOT EXISTS (SELECT FROM office_closure c WHERE c.office_id = o.id AND c.day = $1::date)
)"""
# Slots that exist stay as they are. Locks only what it inserts.
FILL = f"""
WITH {_WANTED}, made AS (
    INSERT INTO slot (id, created_at, office_id, starts_at, ends_at, capacity, booked)
    SELECT uuidv7(), $3::timestamptz, w.office_id, w.starts_at, w.ends_at, w.desks, 0 FROM wanted w
    -- Looking is cheaper than a conflict, and nearly all are there.
    WHERE NOT EXISTS
        (SELECT FROM slot s WHERE s.office_id = w.office_id AND s.starts_at = w.starts_at)
    ON CONFLICT (office_id, starts_at) DO NOTHING
    RETURNING 1
) SELECT count(*) AS made FROM made
"""
LAST_SLOT = "SELECT max(starts_at) AT TIME ZONE 'Asia/Shanghai' AS last FROM slot"
# The slots of the day that are there and have not begun at $3, and those that are not as wanted.
_DAY = f"""
WITH {_WANTED}, present AS (
    SELECT s.*, o.name FROM slot s JOIN office o ON o.id = s.office_id
    WHERE s.starts_at >= greatest($3::timestamptz, $1::date + '00:00+08'::timetz)
      AND s.starts_at < $1::date + 1 + '00:00+08'::timetz
), differing AS (
    SELECT p.id, p.name, p.starts_at, p.ends_at, w.ends_at AS new_end, w.desks
    FROM present p LEFT JOIN wanted w USING (office_id, starts_at)
    WHERE w.desks IS NULL AND p.capacity > p.booked
       OR w.ends_at <> p.ends_at OR w.desks > p.capacity
       OR w.desks < p.capacity AND p.capacity > p.booked
       OR w.desks IS NULL AND NOT p.used
)
"""
# Locks them by id, like who moves a booking from one to another. What differs only since then is
# left to the next alignment.
LOCK_DIFFERING = f"""{_DAY}
SELECT s.id FROM slot s JOIN differing d ON d.id = s.id ORDER BY s.id FOR UPDATE OF s
"""
REMOVE = f"""{_DAY}
DELETE FROM slot s USING differing d WHERE s.id = ANY($4::uuid[])
  AND s.id = d.id AND d.desks IS NULL AND NOT s.used AND s.booked = 0 RETURNING s.id
"""
# A slot that somebody had a seat of stays in the history, without any.
CHANGE = f"""{_DAY}
UPDATE slot s SET capacity = greatest(s.booked, coalesce(d.desks, 0)),
    ends_at = CASE WHEN s.booked = 0 THEN coalesce(d.new_end, s.ends_at) ELSE s.ends_at END
FROM differing d WHERE s.id = ANY($4::uuid[])
  AND s.id = d.id AND (d.desks IS NOT NULL OR s.used OR s.booked > 0)
  AND (s.capacity, s.ends_at) IS DISTINCT FROM (greatest(s.booked, coalesce(d.desks, 0)),
    CASE WHEN s.booked = 0 THEN coalesce(d.new_end, s.ends_at) ELSE s.ends_at END)
RETURNING s.id
"""
KEPT = f"""{_DAY}
SELECT p.name, p.booked,
       to_char(p.starts_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') AS at
FROM present p LEFT JOIN wanted w USING (office_id, starts_at)
WHERE p.booked > 0 AND (w.desks IS NULL OR w.desks < p.booked OR w.ends_at <> p.ends_at)
ORDER BY p.starts_at, p.name
"""
