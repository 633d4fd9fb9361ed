"""Reminding of appointments, the day before and in the last hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.transactions import in_transaction

from backend.appointments.acts import statements
from backend.appointments.record.snapshot import from_row, messages_of
from config.clock import city_day
from notifications.telling import outbox

AT_ONCE = 500
"""How many are told of in one transaction."""


@dataclass(frozen=True, slots=True)
class _Reminder:
    """What is told of what begins within `before`, unless that is too `late` to be of use.

    Whoever booked it less than `known` before it begins has not forgotten it.
    """

    action: str
    statement: str
    before: timedelta
    late: timedelta
    known: timedelta


_DAY = _Reminder(
    "remind",
    statements.REMIND,
    before=timedelta(hours=24),
    # The next one says it then.
    late=timedelta(hours=2),
    known=timedelta(hours=24),
)
_HOUR = _Reminder(
    "remind_soon",
    statements.REMIND_SOON,
    before=timedelta(hours=1),
    late=timedelta(minutes=15),
    known=timedelta(hours=2),
)


async def remind(*, now: datetime) -> int:
    """Tell whoever booked of what begins within a day, once for each time it begins; how many.

    What was moved is told of anew, what was cancelled is not.
    """
    return await _told(_DAY, now)


async def remind_soon(*, now: datetime) -> int:
    """Likewise of what begins within an hour."""
    return await _told(_HOUR, now)


async def _told(reminder: _Reminder, now: datetime) -> int:
    last = city_day(now + reminder.before)
    given = [now, city_day(now), last, reminder.late, reminder.before, reminder.known, AT_ONCE]
    count, found = 0, AT_ONCE
    while found == AT_ONCE:
        async with in_transaction() as within:
            due = await within.execute_query_dict(reminder.statement, given)
            ids = [row["id"] for row in due]
            rows = await within.execute_query_dict(statements.TO_REMIND, [ids])
            told = [
                each
                for row in rows
                for each in await messages_of(reminder.action, from_row(row), at=now)
            ]
            if told:
                await outbox.enqueue(*told)
        count, found = count + len(told), len(due)
    if count:
        outbox.wake()
    return count
