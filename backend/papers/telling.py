"""What applicants are told of papers."""

from datetime import datetime

from backend.cases.record import applicants, outlooks, telling
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import ANSWERED
from backend.cases.rules.told import REVOKE_PAPER
from notifications.telling.outgoing import Outgoing


async def revoked(case: Snapshot, *, at: datetime) -> list[Outgoing]:
    """That a paper of the case counts no more; which one it is the case's papers say."""
    told = [telling.as_it_is(case, REVOKE_PAPER, to, at=at) for to in await applicants.of(case)]
    return await outlooks.with_reserves(told, answered=case.status in ANSWERED)
