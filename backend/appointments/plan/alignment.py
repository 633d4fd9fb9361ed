"""Bringing offices, their hours and the slots ahead to what the data files say now.

A slot without bookings follows. One with bookings stays at its time, takes no more than it must,
and is told: its people are the office's to call.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tortoise.transactions import in_transaction

from backend.appointments.plan import offices, slots, statements
from config.clock import city_day
from config.database import connection


@dataclass
class Aligned:
    """What was brought in line: `opened` counts offices, the lists are sentences.

    `touched` tells of booked slots and `unserved` of booked items, both kept against the files.
    The rest counts slots.
    """

    opened: int = 0
    offices: list[str] = field(default_factory=list)
    made: int = 0
    changed: int = 0
    removed: int = 0
    touched: list[str] = field(default_factory=list)
    unserved: list[str] = field(default_factory=list)


async def align(*, now: datetime) -> Aligned:
    """Open, rename and re-time the offices, then make the slots of the days ahead agree.

    Safe to repeat and beside bookings: each slot is looked at again when its row is locked.
    """
    done = Aligned()
    async with in_transaction():
        done.opened = await offices.open_offices(now=now)
        done.offices = await offices.renew(now=now)
    first = city_day(now)
    for offset in range((await _last_day(first) - first).days + 1):
        await align_day(first + timedelta(days=offset), done, now=now)
    done.made = await slots.extend(now=now)
    done.unserved = await offices.unserved(now=now)
    return done


async def align_day(day: date, done: Aligned, *, now: datetime) -> None:
    """Make the slots of this day that are there and have not begun agree, of all offices."""
    given = [day, slots.weekday_kept(day), now]
    async with in_transaction() as within:
        if rows := await within.execute_query_dict(statements.LOCK_DIFFERING, given):
            locked = [*given, [row["id"] for row in rows]]
            done.removed += len(await within.execute_query_dict(statements.REMOVE, locked))
            done.changed += len(await within.execute_query_dict(statements.CHANGE, locked))
        kept: list[dict[str, Any]] = await within.execute_query_dict(statements.KEPT, given)
    done.touched += [
        f"{row['name']}, {row['at']}: 与新的开放时间或窗口数不符，"
        f"因已有预约 {row['booked']} 个而保留"
        f" / kept for {row['booked']} booked, against the new hours or desks"
        for row in kept
    ]


async def _last_day(first: date) -> date:
    rows = await connection().execute_query_dict(statements.LAST_SLOT)
    last = rows[0]["last"]
    ahead = first + timedelta(days=slots.DAYS_AHEAD)
    return max(last.date(), ahead) if last else ahead
