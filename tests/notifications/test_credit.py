"""The ledger: taps counted once, refusals, and copies that a tap brings back."""

import asyncio
from datetime import timedelta

import pytest
from tortoise import timezone
from tortoise.transactions import in_transaction

from config import clock
from models import CreditEntry, Delivery, DeliveryStatus, DropReason, Resident, SubscriptionCredit
from notifications.channels.wechat import credit
from notifications.sending.sweep import sweep
from tests.notifications.factories import a_credit, a_delivery, a_resident

pytestmark = pytest.mark.usefixtures("database")
TEMPLATE = "case_progress"
RIVALS = 10


async def _balance(resident: Resident) -> int:
    return (await credit.balances(resident.id)).get(TEMPLATE, 0)


async def test_rival_taps_are_all_counted() -> None:
    resident = await a_resident()

    await asyncio.gather(
        *(credit.hint(resident.id, TEMPLATE, now=clock.now()) for _ in range(RIVALS))
    )

    assert await _balance(resident) == RIVALS
    assert await CreditEntry.filter(kind="hint").count() == RIVALS


async def test_hint_and_grant_of_one_tap_are_one_credit() -> None:
    resident = await a_resident()

    await credit.hint(resident.id, TEMPLATE, now=clock.now())
    await credit.grant(resident.id, TEMPLATE, now=clock.now())
    await credit.grant(resident.id, TEMPLATE, now=clock.now())

    assert await _balance(resident) == 2


async def test_a_refusal_starts_the_counts_anew() -> None:
    resident, now = await a_resident(), timezone.now()
    await a_credit(resident, grants=7, spent=3)

    await credit.refuse(resident.id, TEMPLATE, at=now, now=clock.now())
    refused = await _balance(resident)
    await credit.grant(resident.id, TEMPLATE, now=clock.now())

    assert refused == 0
    assert await _balance(resident) == 1
    assert (await SubscriptionCredit.get()).refused_at == now


async def test_a_tap_revives_the_copies_that_wait_for_it() -> None:
    resident, other = await a_resident(), await a_resident()
    later = timezone.now() + timedelta(minutes=30)
    waiting = {"status": DeliveryStatus.WAITING_CREDIT, "due_at": later}
    revived = await a_delivery(resident, **waiting)
    of_another_template = await a_delivery(resident, **waiting, template="appointment")
    of_another = await a_delivery(other, **waiting)

    async with in_transaction():
        await credit.hint(resident.id, TEMPLATE, now=clock.now())

    assert await _status(revived) is DeliveryStatus.PENDING
    assert await _status(of_another_template) is DeliveryStatus.WAITING_CREDIT
    assert await _status(of_another) is DeliveryStatus.WAITING_CREDIT


async def test_the_sweep_revives_a_copy_that_missed_its_tap() -> None:
    resident = await a_resident()
    await a_credit(resident)
    later = timezone.now() + timedelta(minutes=30)
    missed = await a_delivery(resident, status=DeliveryStatus.WAITING_CREDIT, due_at=later)

    await sweep(now=clock.now())

    assert await _status(missed) is DeliveryStatus.PENDING


async def test_the_sweep_gives_up_what_waited_an_hour_or_is_a_day_old() -> None:
    past = timezone.now() - timedelta(seconds=1)
    unpaid = await a_delivery(status=DeliveryStatus.WAITING_CREDIT, due_at=past)
    lapsed = await a_delivery(due_at=past, expires_at=past)
    fresh = await a_delivery()

    await sweep(now=clock.now())

    assert await _status(unpaid) is DeliveryStatus.DROPPED
    assert (await Delivery.get(id=unpaid.id)).reason is DropReason.NO_CREDIT
    assert await _status(lapsed) is DeliveryStatus.FAILED
    assert (await Delivery.get(id=lapsed.id)).error == "超过24小时未能送出"
    assert await _status(fresh) is DeliveryStatus.PENDING


async def _status(delivery: Delivery) -> DeliveryStatus:
    return (await Delivery.get(id=delivery.id)).status
