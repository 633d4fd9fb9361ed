"""What became of many who want the same, and whether the seats are still true."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from typing import Any

from backend.errors import ServiceError
from config.database import connection


async def outcomes(attempts: Iterable[Awaitable[Any]]) -> Counter[str]:
    """How often each code was the answer; "done" where there was none."""
    results = await asyncio.gather(*attempts, return_exceptions=True)
    return Counter(
        result.code
        if isinstance(result, ServiceError)
        else type(result).__name__
        if isinstance(result, BaseException)
        else "done"
        for result in results
    )


async def seats_are_true() -> bool:
    """Whether each slot counts its seats, and each appointment has one unless it is cancelled."""
    rows = await connection().execute_query_dict(
        "SELECT s.id FROM slot s WHERE booked > capacity"
        " OR booked <> (SELECT count(*) FROM seat WHERE slot_id = s.id)"
        " UNION ALL SELECT a.id FROM appointment a FULL JOIN seat t ON t.appointment_id = a.id"
        " AND t.slot_id = a.slot_id WHERE (a.status <> 'cancelled') IS DISTINCT FROM"
        " (t.id IS NOT NULL)"
    )
    return not rows
