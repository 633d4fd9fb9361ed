"""Warning applicants that what was asked of them is soon due."""

from datetime import datetime, timedelta

from tortoise.transactions import in_transaction

from backend.cases.acts import statements
from backend.cases.reading import queries
from backend.cases.record import applicants, telling
from backend.cases.record.snapshot import Snapshot
from config.clock import city_day
from config.database import connection
from notifications.telling import outbox
from notifications.telling.outgoing import Outgoing

BEFORE = timedelta(hours=48)
AT_ONCE = 100
"""How many cases are told of in one transaction; each is read whole."""


def moment(due: datetime, now: datetime) -> datetime | None:
    """When to warn of what is asked now; None where that is nearly now."""
    before = due - BEFORE
    return before if before > now + BEFORE / 2 else None


async def warn(*, now: datetime) -> int:
    """Tell the applicants of each supplement that is soon due, once; how many cases.

    What was answered or withdrawn is not told of.
    """
    count = 0
    while True:
        async with in_transaction():
            rows = await connection().execute_query_dict(statements.WARN, [now, AT_ONCE])
            for row in rows:
                case = await queries.one(row["id"])
                await outbox.enqueue(*await _told(case, now))
        count += len(rows)
        if len(rows) < AT_ONCE:
            break
    if count:
        outbox.wake()
    return count


async def _told(case: Snapshot, now: datetime) -> list[Outgoing]:
    if case.supplement is None:
        raise LookupError(case.id)  # its status says that something is asked for
    due = datetime.fromisoformat(case.supplement["due_at"])
    return [
        telling.as_it_is(case, "supplement_due", to, at=now, due=city_day(due))
        for to in await applicants.of(case)
    ]
