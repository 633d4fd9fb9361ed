"""Opening offices: one for each unit of the levels in `config/data/offices.yaml`."""

import json

from tortoise.transactions import in_transaction

from backend.appointments import plans
from config.errors import StartError
from config.sources import BadRow

_OPEN = """
INSERT INTO office (id, created_at, unit_id, name, address, phone, active)
SELECT uuidv7(), now(), u.code, u.name || plan.name,
       (SELECT string_agg(above.name, '' ORDER BY length(above.path)) FROM org_unit above
        WHERE above.code = ANY(string_to_array(u.path, '/'))),
       plan.phone, true
FROM org_unit u
JOIN jsonb_to_recordset($1::text::jsonb) AS plan(level text, name text, phone text)
  ON plan.level = u.level
WHERE (u.valid_to IS NULL OR u.valid_to > now())
  AND NOT EXISTS (SELECT 1 FROM office o WHERE o.unit_id = u.code)
RETURNING id
"""
_HOURS = """
INSERT INTO opening_hours (id, created_at, office_id, weekday, opens, closes, desks, slot_minutes)
SELECT uuidv7(), now(), o.id, weekday, (span->>0 || '+08')::timetz, (span->>1 || '+08')::timetz,
       plan.desks, plan.slot_minutes
FROM office o
JOIN org_unit u ON u.code = o.unit_id
JOIN jsonb_to_recordset($1::text::jsonb)
     AS plan(level text, desks int, slot_minutes int, hours jsonb) ON plan.level = u.level
CROSS JOIN generate_series(1, 5) AS weekday
CROSS JOIN jsonb_array_elements(plan.hours) AS span
WHERE o.id = ANY($2::uuid[])
"""


async def open_offices() -> int:
    """Open an office for each unit that should have one and has none; how many.

    They have hours but no slots until `slots.extend` runs. Safe to repeat.
    """
    wanted = _plans()
    async with in_transaction() as within:
        opened = [row["id"] for row in await within.execute_query_dict(_OPEN, [wanted])]
        await within.execute_query_dict(_HOURS, [wanted, opened])
    return len(opened)


def _plans() -> str:
    """The plans as one JSON list, each with its level; raises StartError for a bad one."""
    bad: list[BadRow] = []
    found = plans.read(bad)
    if bad:
        raise StartError("\n".join(map(str, bad)))
    return json.dumps([{"level": level, **plan.model_dump()} for level, plan in found.items()])
