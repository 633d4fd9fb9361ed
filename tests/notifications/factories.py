"""Residents and messages with everything filled in; a test names only what it is about."""

from datetime import timedelta
from typing import Any

from tortoise import timezone
from tortoise.transactions import in_transaction

from config import clock
from models import Delivery, Importance, Resident, SubscriptionCredit, uuid7
from notifications.telling import outbox, recipients
from notifications.telling.outgoing import Copy, Outgoing
from tests.accounts import an_account


async def a_resident(openid: str = "") -> Resident:
    return await an_account(openid)


def an_outgoing(
    resident: Resident, *, template: str = "case_progress", number: str = "210102202611230000017"
) -> Outgoing:
    return Outgoing(
        to=recipients.Resident(resident.id),
        kind="case.accept",
        importance=Importance.RESULT,
        wording="0",
        title="申请已受理",
        body=f"您的“居住证明”申请（办件编号{number}）已受理。",
        copy=Copy(
            template=template,
            page="pages/case/detail?id=1",
            data={
                "thing1": "居住证明",
                "character_string2": number,
                "phrase3": "已受理",
                "time4": "2026-11-23 16:05",
                "thing5": "有进展会通知您",
            },
        ),
        at=clock.now(),
    )


async def a_delivery(resident: Resident | None = None, **changes: Any) -> Delivery:
    """A delivery as the outbox writes it, then changed; due since a second."""
    number = f"SY-{uuid7().hex[-12:]}"
    async with in_transaction():
        await outbox.enqueue(an_outgoing(resident or await a_resident(), number=number))
    # Ids of one millisecond are in no order; the number tells deliveries of a resident apart.
    delivery = await Delivery.get(data__contains={"character_string2": number})
    due = {"due_at": timezone.now() - timedelta(seconds=1)}
    await Delivery.filter(id=delivery.id).update(**due | changes)
    return await Delivery.get(id=delivery.id)


async def a_credit(resident: Resident, **counts: int) -> SubscriptionCredit:
    credit = SubscriptionCredit(
        resident=resident,
        template="case_progress",
        **counts or {"grants": 1},
        created_at=clock.now(),
    )
    await credit.save()
    return credit
