"""Opening offices: one for each unit of the levels in `config/data/offices.yaml`."""

import json
from collections.abc import Collection

from tortoise.transactions import in_transaction

from backend.appointments.plan import plans
from config.database import connection
from config.errors import StartError
from config.sources import BadRow

_PLANNED = """
WITH planned AS (
    SELECT u.code, u.name || plan.name AS name,
           plan.phone, plan.desks, plan.slot_minutes, plan.hours,
           (SELECT string_agg(above.name, '' ORDER BY length(above.path)) FROM org_unit above
            WHERE above.code = ANY(string_to_array(u.path, '/'))) AS address
    FROM org_unit u
    JOIN jsonb_to_recordset($1::text::jsonb) AS plan(
        level text, name text, phone text, desks int, slot_minutes int, hours jsonb)
      ON plan.level = u.level
    WHERE u.valid_to IS NULL OR u.valid_to > now()
), kept AS (
    SELECT o.id AS office_id, weekday, (span->>0 || '+08')::timetz AS opens,
           (span->>1 || '+08')::timetz AS closes, p.desks, p.slot_minutes
    FROM planned p JOIN office o ON o.unit_id = p.code
    CROSS JOIN generate_series(1, 5) AS weekday CROSS JOIN jsonb_array_elements(p.hours) AS span
    WHERE $2::uuid[] IS NULL OR o.id = ANY($2)
)
"""
_OPEN = f"""{_PLANNED}
INSERT INTO office (id, created_at, unit_id, name, address, phone, active)
SELECT uuidv7(), now(), p.code, p.name, p.address, p.phone, true FROM planned p
WHERE NOT EXISTS (SELECT 1 FROM office o WHERE o.unit_id = p.code)
RETURNING id
"""
_RENAME = f"""{_PLANNED}
UPDATE office o SET name = p.name, address = p.address, phone = p.phone
FROM planned p WHERE o.unit_id = p.code
  AND (o.name, o.address, o.phone) IS DISTINCT FROM (p.name, p.address, p.phone)
RETURNING old.name, old.address, old.phone,
          new.name AS new_name, new.address AS new_address, new.phone AS new_phone
"""
# An office is open while a plan stands for its unit, and takes no bookings after that.
_STATE = f"""{_PLANNED}
UPDATE office o SET active = NOT o.active
WHERE o.active <> EXISTS (SELECT 1 FROM planned p WHERE p.code = o.unit_id)
RETURNING o.name, o.active
"""
_BOOKED = """
SELECT o.unit_id, o.name, s.day, count(*) AS booked
FROM office o JOIN org_unit u ON u.code = o.unit_id
JOIN LATERAL (
    SELECT slot.id, to_char(starts_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') AS day
    FROM slot WHERE office_id = o.id AND starts_at > now() AND booked > 0
) s ON true
JOIN appointment a ON a.slot_id = s.id AND a.status = 'booked'
WHERE o.active AND (u.code = ANY($1::text[]) OR u.level <> ALL($2::text[]))
GROUP BY o.id, s.day ORDER BY o.unit_id, s.day
"""
# By `=`, since none is null: by IS NOT DISTINCT FROM each row would be compared with each other.
_SAME = "(h.office_id, h.weekday, h.opens, h.closes, h.desks, h.slot_minutes) = \
(k.office_id, k.weekday, k.opens, k.closes, k.desks, k.slot_minutes)"
_END_HOURS = f"""{_PLANNED}
DELETE FROM opening_hours h USING office o WHERE o.id = h.office_id
  AND h.office_id IN (SELECT office_id FROM kept)
  AND NOT EXISTS (SELECT 1 FROM kept k WHERE {_SAME})
RETURNING o.name
"""
_HOURS = f"""{_PLANNED}
INSERT INTO opening_hours (id, created_at, office_id, weekday, opens, closes, desks, slot_minutes)
SELECT uuidv7(), now(), k.* FROM kept k
WHERE NOT EXISTS (SELECT 1 FROM opening_hours h WHERE {_SAME})
"""


async def open_offices() -> int:
    """Open an office for each unit that should have one and has none; how many.

    They have hours but no slots until `slots.extend` runs. Safe to repeat.
    """
    wanted = _plans()
    async with in_transaction() as within:
        opened = await within.execute_query_dict(_OPEN, [wanted, None])
        ids = [row["id"] for row in opened]
        await within.execute_query_dict(_HOURS, [wanted, ids])
    return len(opened)


async def renew() -> list[str]:
    """Give the offices the names, addresses, phones and hours of today's files; a sentence each.

    One that has no plan any more, or whose unit ended, takes no bookings from now on, until it is
    planned again. Slots stay as they are. Safe to repeat.
    """
    wanted = _plans()
    async with in_transaction() as within:
        turned = await within.execute_query_dict(_STATE, [wanted, None])
        renamed = await within.execute_query_dict(_RENAME, [wanted, None])
        ended = await within.execute_query_dict(_END_HOURS, [wanted, None])
        await within.execute_query_dict(_HOURS, [wanted, None])
    told = [
        f"{row['name']}: {what} {row[what]!r} becomes {row['new_' + what]!r}"
        for row in renamed
        for what in ("name", "address", "phone")
        if row[what] != row["new_" + what]
    ]
    told += [
        f"{row['name']}: {'重新开放 / open again' if row['active'] else '已停办 / ended'}"
        for row in turned
    ]
    return told + [f"{name}: new hours" for name in sorted({row["name"] for row in ended})]


async def still_booked(gone: Collection[str]) -> list[str]:
    """A sentence for each day of an office that would end with these units, but has bookings."""
    levels = [str(level) for level in plans.read([])]
    rows = await connection().execute_query_dict(_BOOKED, [list(gone), levels])
    return [
        f"{row['unit_id']} {row['name']} 将停办，但 {row['day']} 尚有预约 {row['booked']} 个"
        " / would end and has bookings; 请先执行 / first run:"
        f" yikou office close {row['unit_id']} {row['day']} --reason 网点停办 --yes"
        for row in rows
    ]


def _plans() -> str:
    """The plans as one JSON list, each with its level; raises StartError for a bad one."""
    bad: list[BadRow] = []
    found = plans.read(bad)
    if bad:
        raise StartError("\n".join(map(str, bad)))
    return json.dumps([{"level": level, **plan.model_dump()} for level, plan in found.items()])
