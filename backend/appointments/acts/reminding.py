"""Reminding of appointments, the day before."""

from datetime import datetime, timedelta

from tortoise.transactions import in_transaction

from backend.appointments.acts import statements
from backend.appointments.record.snapshot import from_row, messages_of
from config.clock import city_day
from notifications.telling import outbox

BEFORE = timedelta(hours=24)
AT_ONCE = 500
"""How many are told of in one transaction."""


async def remind(*, now: datetime) -> int:
    """Remind whoever booked of what begins within a day, once for each time it begins; how many.

    What was moved is told of anew, what was cancelled is not.
    """
    count = found = 0
    given = [now, city_day(now), city_day(now + BEFORE), BEFORE, AT_ONCE]
    while not count or found == AT_ONCE:
        async with in_transaction() as within:
            due = await within.execute_query_dict(statements.REMIND, given)
            ids = [row["id"] for row in due]
            rows = await within.execute_query_dict(statements.TO_REMIND, [ids])
            told = [
                each for row in rows for each in await messages_of("remind", from_row(row), at=now)
            ]
            if told:
                await outbox.enqueue(*told)
        count, found = count + len(due), len(due)
        if not found:
            break
    if count:
        outbox.wake()
    return count
