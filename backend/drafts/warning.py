"""Warning accounts that a draft of theirs ends soon."""

from datetime import datetime, timedelta

from tortoise.transactions import in_transaction

from backend.drafts import statements
from notifications.telling import messages, outbox

BEFORE = timedelta(hours=48)
LATE = timedelta(hours=1)
"""What ends sooner is too late to be told of."""
AT_ONCE = 500
"""How many are told of in one transaction."""


async def warn(*, now: datetime) -> int:
    """Tell of each draft that ends within two days, once for each end; how many.

    What was saved again ends later, and what was handed in or deleted is not told of.
    """
    count, found = 0, AT_ONCE
    while found == AT_ONCE:
        async with in_transaction() as within:
            rows = await within.execute_query_dict(statements.WARN, [now, LATE, BEFORE, AT_ONCE])
            told = [
                messages.draft_message(
                    "expiring",
                    resident_id=row["resident_id"],
                    draft_id=row["id"],
                    item=(row["item_id"], row["name"]),
                    ends=row["expires_at"],
                    at=now,
                )
                for row in rows
            ]
            if told:
                await outbox.enqueue(*told)
        found = len(rows)
        count += found
    if count:
        outbox.wake()
    return count
