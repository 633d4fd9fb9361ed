"""Bringing offices, their hours and the slots ahead to what the data files say now.

A slot without bookings follows. One with bookings stays at its time, takes no more than it must,
and is told: its people are the office's to call.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tortoise.transactions import in_transaction

from backend.appointments.plan import offices, slots
from config.database import connection

_LAST = "SELECT max(starts_at) AT TIME ZONE 'Asia/Shanghai' AS last FROM slot"

# The slots that should be on the day $1, which keeps the hours of the weekday $2 (none: null), and
# those that are there and not yet begun.
_DAY = """
WITH planned AS (
    SELECT o.id, o.name, o.active FROM office o
), wanted AS (
    SELECT p.id AS office_id, start AS starts_at,
           start + make_interval(mins => h.slot_minutes) AS ends_at, h.desks
    FROM planned p JOIN opening_hours h ON h.office_id = p.id AND h.weekday = $2
    CROSS JOIN LATERAL generate_series(
        $1::date + h.opens, $1::date + h.closes - make_interval(mins => h.slot_minutes),
        make_interval(mins => h.slot_minutes)) AS start
    WHERE p.active
      AND NOT EXISTS (SELECT FROM office_closure c WHERE c.office_id = p.id AND c.day = $1::date)
), present AS (
    SELECT s.*, p.name FROM slot s JOIN planned p ON p.id = s.office_id
    WHERE s.starts_at >= greatest(now(), $1::date + '00:00+08'::timetz)
      AND s.starts_at < $1::date + 1 + '00:00+08'::timetz
), differing AS (
    SELECT p.id, p.name, p.starts_at, p.ends_at, w.ends_at AS new_end, w.desks,
           EXISTS (SELECT 1 FROM appointment a WHERE a.slot_id = p.id) AS referred
    FROM present p LEFT JOIN wanted w USING (office_id, starts_at)
    WHERE w.desks IS NULL AND p.capacity > p.booked
       OR w.ends_at <> p.ends_at OR w.desks > p.capacity
       OR w.desks < p.capacity AND p.capacity > p.booked
       OR w.desks IS NULL AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.slot_id = p.id)
)
"""
# Counted, not looked for: with LIMIT 1 PostgreSQL compares each slot with each office, 0.7 s a day.
_DIFFERS = f"{_DAY} SELECT count(*) AS differing FROM differing"
_REMOVE = f"""{_DAY}
DELETE FROM slot s USING differing d
WHERE s.id = d.id AND d.desks IS NULL AND NOT d.referred AND s.booked = 0 RETURNING s.id
"""
# A slot that somebody cancelled stays in the history, without seats.
_CHANGE = f"""{_DAY}
UPDATE slot s SET capacity = greatest(s.booked, coalesce(d.desks, 0)),
    ends_at = CASE WHEN s.booked = 0 THEN coalesce(d.new_end, s.ends_at) ELSE s.ends_at END
FROM differing d WHERE s.id = d.id AND (d.desks IS NOT NULL OR d.referred OR s.booked > 0)
  AND (s.capacity, s.ends_at) IS DISTINCT FROM (greatest(s.booked, coalesce(d.desks, 0)),
    CASE WHEN s.booked = 0 THEN coalesce(d.new_end, s.ends_at) ELSE s.ends_at END)
RETURNING s.id
"""
_TOUCHED = f"""{_DAY}
SELECT p.name, p.booked,
       to_char(p.starts_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') AS at
FROM present p LEFT JOIN wanted w USING (office_id, starts_at)
WHERE p.booked > 0 AND (w.desks IS NULL OR w.desks < p.booked OR w.ends_at <> p.ends_at)
ORDER BY p.starts_at, p.name
"""


@dataclass
class Aligned:
    """What was brought in line; `offices` and `touched` are sentences, the rest counts slots."""

    opened: int = 0
    offices: list[str] = field(default_factory=list)
    made: int = 0
    changed: int = 0
    removed: int = 0
    touched: list[str] = field(default_factory=list)


async def align() -> Aligned:
    """Open, rename and re-time the offices, then make the slots of the days ahead agree.

    Safe to repeat and beside bookings: each slot is looked at again when its row is locked.
    """
    done = Aligned()
    async with in_transaction():
        done.opened = await offices.open_offices()
        done.offices = await offices.renew()
    first = slots.today()
    for offset in range((await _last_day(first) - first).days + 1):
        await align_day(first + timedelta(days=offset), done)
    done.made = await slots.extend()
    return done


async def align_day(day: date, done: Aligned) -> None:
    """Make the slots of this day that are there and have not begun agree, of all offices."""
    given = [day, slots.weekday_kept(day)]
    async with in_transaction() as within:
        if (await within.execute_query_dict(_DIFFERS, given))[0]["differing"]:
            done.removed += len(await within.execute_query_dict(_REMOVE, given))
            done.changed += len(await within.execute_query_dict(_CHANGE, given))
        kept: list[dict[str, Any]] = await within.execute_query_dict(_TOUCHED, given)
    done.touched += [
        f"{row['name']}, {row['at']}: kept for {row['booked']} booked, outside the new hours"
        for row in kept
    ]


async def _last_day(first: date) -> date:
    rows = await connection().execute_query_dict(_LAST)
    last = rows[0]["last"]
    ahead = first + timedelta(days=slots.DAYS_AHEAD)
    return max(last.date(), ahead) if last else ahead
