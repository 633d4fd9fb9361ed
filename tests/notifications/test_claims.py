"""Who may send what, and when: rivals, residents, credits, leases."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from tortoise import timezone

from models import (
    Channel,
    CreditEntry,
    Delivery,
    DeliveryStatus,
    DropReason,
    Resident,
    SubscriptionCredit,
)
from notifications.channels.attempts import Claimed
from notifications.channels.wechat import credit
from notifications.sending.claims import claim, expire
from tests.accounts import openid_of
from tests.notifications.factories import a_credit, a_delivery, a_resident

pytestmark = pytest.mark.usefixtures("database")
RIVALS = 10


async def _claim(limit: int = 10) -> list[Claimed]:
    claimed, _ = await claim(Channel.WECHAT, limit, lease_seconds=60)
    return claimed


async def _status(delivery: Delivery) -> DeliveryStatus:
    return (await Delivery.get(id=delivery.id)).status


async def test_rivals_never_claim_one_delivery_twice() -> None:
    for _ in range(60):
        resident = await a_resident()
        await a_credit(resident)
        await a_delivery(resident)

    claims = await asyncio.gather(*(_claim(7) for _ in range(RIVALS)))

    taken = Counter(each.id for claimed in claims for each in claimed)
    assert len(taken) == 60
    assert set(taken.values()) == {1}


async def test_rivals_spend_one_credit_exactly_once() -> None:
    resident = await a_resident()
    await a_credit(resident, grants=1)
    for _ in range(RIVALS):
        await a_delivery(resident)

    claims = await asyncio.gather(*(_claim() for _ in range(RIVALS)))

    assert sum(len(claimed) for claimed in claims) == 1
    credit = await SubscriptionCredit.get()
    assert credit.spent == 1
    assert await CreditEntry.filter(kind="spend").count() == 1


@pytest.mark.parametrize(
    ("granted", "spent", "reserve", "reason"),
    [
        (3, 0, 2, None),
        (2, 0, 2, DropReason.KEPT),
        (1, 0, 1, DropReason.KEPT),
        (1, 0, 0, None),
        (2, 2, 0, DropReason.NO_CREDIT),
        (0, 0, 1, DropReason.NO_SUBSCRIPTION),
    ],
)
async def test_a_copy_leaves_the_credits_that_others_need_more(
    granted: int, spent: int, reserve: int, reason: DropReason | None
) -> None:
    resident = await a_resident()
    if granted:
        await a_credit(resident, grants=granted, spent=spent)
    delivery = await a_delivery(resident, reserve=reserve)

    sent = await _claim()

    assert [each.id for each in sent] == ([] if reason else [delivery.id])
    assert (await Delivery.get(id=delivery.id)).reason is reason
    assert await credit.revive() == 0


async def test_rivals_leave_the_last_credit_to_the_result() -> None:
    resident = await a_resident()
    await a_credit(resident, grants=1)
    for _ in range(RIVALS):
        await a_delivery(resident, reserve=1)
    result = await a_delivery(resident)

    taken = []
    for _ in range(RIVALS + 1):
        claims = await asyncio.gather(*(_claim() for _ in range(RIVALS)))
        taken += [each.id for claimed in claims for each in claimed]

    assert taken == [result.id]


async def test_rivals_write_to_a_resident_one_at_a_time() -> None:
    residents = [await a_resident() for _ in range(5)]
    for resident in residents:
        await a_credit(resident, grants=50)
        for _ in range(12):
            await a_delivery(resident)

    claims = await asyncio.gather(*(_claim(3) for _ in range(RIVALS)))

    openids = [each.address for claimed in claims for each in claimed]
    assert sorted(openids) == sorted(openid_of(resident) for resident in residents)


async def test_who_was_erased_is_written_to_no_more_and_holds_nobody_up() -> None:
    erased, other = await a_resident(), await a_resident()
    for resident in (erased, other):
        await a_credit(resident)
    left = await a_delivery(erased)
    await a_delivery(other)
    await Resident.filter(id=erased.id).update(openid_sealed=None)

    assert [each.address for each in await _claim()] == [openid_of(other)]
    assert await _status(left) is DeliveryStatus.WAITING_CREDIT
    assert (await SubscriptionCredit.get(resident=erased)).spent == 0


async def test_the_longest_due_goes_first_and_the_future_stays() -> None:
    now = timezone.now()
    for seconds in (5, -5, -50):
        resident = await a_resident(f"o{seconds}")
        await a_credit(resident)
        await a_delivery(resident, due_at=now + timedelta(seconds=seconds))

    assert [each.address for each in await _claim(1)] == ["o-50"]
    assert [each.address for each in await _claim()] == ["o-5"]
    assert await _claim() == []


async def test_without_credit_a_copy_waits_an_hour_from_its_change() -> None:
    delivery = await a_delivery()

    assert await _claim() == []

    waiting = await Delivery.get(id=delivery.id)
    assert waiting.status is DeliveryStatus.WAITING_CREDIT
    assert waiting.attempts == 0
    assert waiting.due_at == delivery.created_at + timedelta(hours=1)


async def test_hints_and_grants_count_the_same_taps() -> None:
    resident = await a_resident()
    await a_credit(resident, hints=2, grants=1, spent=1)
    await a_delivery(resident)

    assert len(await _claim()) == 1
    assert (await SubscriptionCredit.get()).spent == 2


async def test_a_lease_that_ends_leaves_the_outcome_in_doubt_and_the_credit_spent() -> None:
    resident = await a_resident()
    await a_credit(resident)
    delivery = await a_delivery(resident)
    first, _ = await claim(Channel.WECHAT, 1, lease_seconds=0)

    assert await expire(doubt_seconds=0) == 1
    assert await _status(delivery) is DeliveryStatus.UNKNOWN
    again = await _claim()

    assert [(each.id, each.attempt) for each in again] == [(first[0].id, 2)]
    assert (await SubscriptionCredit.get()).spent == 1


async def test_a_doubtful_message_holds_back_its_template_until_the_doubt_ends() -> None:
    resident = await a_resident()
    await a_credit(resident, grants=5)
    soon = timezone.now() + timedelta(seconds=30)
    doubtful = await a_delivery(resident, status=DeliveryStatus.UNKNOWN, due_at=soon)
    later = await a_delivery(resident)

    assert await _claim() == []
    await Delivery.filter(id=doubtful.id).update(status=DeliveryStatus.DELIVERED)
    assert [each.id for each in await _claim()] == [later.id]


async def test_what_is_too_late_is_not_sent() -> None:
    resident = await a_resident()
    await a_credit(resident)
    await a_delivery(resident, expires_at=timezone.now())

    assert await _claim() == []


async def test_what_matters_goes_before_what_has_waited_longer() -> None:
    for number in range(4):
        resident = await a_resident()
        await a_credit(resident)
        matters = {"important": number == 3, "due_at": timezone.now() - timedelta(hours=9 - number)}
        last = await a_delivery(resident, **matters)

    assert [each.id for each in await _claim(1)] == [last.id]


async def test_who_waits_for_what_matters_goes_first_and_is_told_in_order() -> None:
    now = timezone.now()
    resident, patient = await a_resident(), await a_resident()
    for each in (resident, patient):
        await a_credit(each, grants=2)
    await a_delivery(patient, important=False, due_at=now - timedelta(hours=3))
    news = await a_delivery(resident, important=False, due_at=now - timedelta(hours=2))
    result = await a_delivery(resident, important=True, due_at=now - timedelta(hours=1))

    assert [each.id for each in await _claim(1)] == [news.id]
    await Delivery.filter(id=news.id).update(status=DeliveryStatus.SENT)
    assert [each.id for each in await _claim(1)] == [result.id]


async def test_what_is_due_on_one_channel_is_no_other_channels_to_claim() -> None:
    resident = await a_resident()
    await a_credit(resident)
    sms = await a_delivery(resident, channel=Channel.SMS)
    mine = await a_delivery(resident)

    assert [each.id for each in await _claim()] == [mine.id]
    assert await _status(sms) is DeliveryStatus.PENDING
