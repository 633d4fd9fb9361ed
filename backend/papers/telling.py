"""What applicants are told of papers."""

from datetime import datetime

from backend.cases.record import accounts, outlooks
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import texts
from backend.cases.rules.lifecycle import ANSWERED
from backend.cases.rules.told import REVOKE_PAPER
from notifications.telling import messages
from notifications.telling.outbox import Outgoing


async def revoked(case: Snapshot, *, at: datetime) -> list[Outgoing]:
    """That a paper of the case counts no more; which one it is the case's papers say."""
    told = [
        messages.case_message(
            REVOKE_PAPER,
            flow=case.item.flow,
            resident_id=account,
            case_id=case.id,
            number=case.number,
            item_name=case.item.name,
            status_text=texts.status_text(case.item.flow, case.status),
            at=at,
        )
        for account in await accounts.of(case)
    ]
    return await outlooks.with_reserves(told, answered=case.status in ANSWERED)
