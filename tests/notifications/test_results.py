"""Recording answers and events, in whatever order they come."""

import asyncio
from typing import Any

import pytest

from config import clock
from models import Channel, CreditEntry, Delivery, DeliveryStatus, Resident, SubscriptionCredit
from notifications.channels import attempts
from notifications.channels.attempts import Claimed
from notifications.channels.wechat import reactions
from notifications.channels.wechat.confirmations import confirm
from notifications.sending.claims import claim, expire
from notifications.sending.results import record
from tests.notifications.factories import a_credit, a_delivery, a_resident
from wechat.errcodes import WeChatError

pytestmark = pytest.mark.usefixtures("database")
MSGID = "2589480923856076802"
SENT, DELIVERED, FAILED = DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.FAILED


async def _in_flight(**lease: Any) -> tuple[Resident, Claimed]:
    resident = await a_resident()
    await a_credit(resident)
    await a_delivery(resident)
    (claimed,), _ = await claim(Channel.WECHAT, 1, **{"lease_seconds": 60} | lease)
    return resident, claimed


async def _event(resident: Resident, msgid: str = MSGID, errcode: int | None = None) -> bool:
    told = await confirm(
        resident.id, "case_progress", msgid=msgid, errcode=errcode, now=clock.now()
    )
    return told is not None


async def _status() -> DeliveryStatus:
    return (await Delivery.get()).status


async def test_the_event_after_the_answer_says_delivered() -> None:
    resident, claimed = await _in_flight()

    await record([attempts.sent(claimed, MSGID)])
    sent = await _status()
    await _event(resident)

    assert sent is SENT
    assert await _status() is DELIVERED


async def test_the_event_before_the_answer_says_delivered_with_it() -> None:
    resident, claimed = await _in_flight()

    await _event(resident)
    in_flight = await _status()
    await record([attempts.sent(claimed, MSGID)])

    assert in_flight is DeliveryStatus.SENDING
    assert await _status() is DELIVERED


async def test_answer_and_event_at_once_always_end_delivered() -> None:
    for _ in range(20):
        resident, claimed = await _in_flight()

        await asyncio.gather(record([attempts.sent(claimed, MSGID)]), _event(resident))

        assert await _status() is DELIVERED
        await CreditEntry.all().delete()
        await Delivery.all().delete()


async def test_the_event_of_a_lost_answer_says_delivered() -> None:
    resident, claimed = await _in_flight()

    await record([attempts.doubtful(claimed, "没有答复", doubt=15)])
    await _event(resident)

    assert await _status() is DELIVERED
    assert (await SubscriptionCredit.get()).spent == 1


async def test_the_event_before_the_worker_died_is_remembered() -> None:
    resident, _ = await _in_flight(lease_seconds=0)

    await _event(resident)
    await expire(doubt_seconds=15)

    assert await _status() is DELIVERED


async def test_an_event_of_an_earlier_message_is_not_taken_for_this_one() -> None:
    resident, claimed = await _in_flight()

    await _event(resident, msgid="1")
    await record([attempts.sent(claimed, MSGID)])

    delivery = await Delivery.get()
    assert (delivery.status, delivery.provider_id) == (SENT, MSGID)


@pytest.mark.parametrize("early", [True, False])
async def test_an_event_of_failure_fails_the_delivery(*, early: bool) -> None:
    resident, claimed = await _in_flight()

    if early:
        await _event(resident, errcode=-1)
    await record([attempts.sent(claimed, MSGID)])
    if not early:
        await _event(resident, errcode=-1)

    delivery = await Delivery.get()
    assert (delivery.status, delivery.errcode) == (FAILED, -1)
    assert delivery.error == "微信未能投递"


async def test_an_event_about_nothing_of_ours_changes_nothing() -> None:
    resident, claimed = await _in_flight()
    await record([attempts.sent(claimed, MSGID)])

    assert not await _event(resident, msgid="1")
    assert await _status() is SENT


async def test_an_outcome_after_its_lease_is_not_written() -> None:
    _, claimed = await _in_flight(lease_seconds=0)
    await expire(doubt_seconds=0)
    (again,), _ = await claim(Channel.WECHAT, 1, lease_seconds=60)

    late = await record([attempts.sent(claimed, "1")])
    await record([attempts.sent(again, MSGID)])

    assert late == {}
    assert (await Delivery.get()).provider_id == MSGID


async def test_a_refund_and_a_void_are_lines_of_the_ledger() -> None:
    resident = await a_resident()
    await a_credit(resident, grants=3)
    for errcode in (48001, 43101):
        await a_delivery(resident)
        (claimed,), _ = await claim(Channel.WECHAT, 1, lease_seconds=60)
        error = WeChatError(errcode, "")
        await record([reactions.refused(claimed, error, at=claimed.ready_at, doubt=15)])

    lines = [line.kind for line in await CreditEntry.all().order_by("id")]
    credit = await SubscriptionCredit.get()
    assert lines == ["spend", "refund", "spend", "void"]
    assert (credit.hints, credit.grants, credit.spent) == (0, 0, 0)


async def test_what_was_not_tried_is_as_before_its_claim() -> None:
    _, claimed = await _in_flight()

    await record([attempts.postponed(claimed, "稍后再发")])

    delivery = await Delivery.get()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.PENDING, 0)
    assert delivery.due_at > claimed.ready_at
    assert (await SubscriptionCredit.get()).spent == 0


async def test_what_was_in_doubt_and_not_tried_again_keeps_its_credit() -> None:
    _, first = await _in_flight()
    await record([attempts.doubtful(first, "?", doubt=0)])
    (again,), _ = await claim(Channel.WECHAT, 1, lease_seconds=60)

    await record([attempts.postponed(again, "稍后再发")])

    delivery = await Delivery.get()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.UNKNOWN, 1)
    assert (await SubscriptionCredit.get()).spent == 1


async def test_a_postponement_that_is_recorded_again_spares_the_next_claim() -> None:
    _, claimed = await _in_flight()
    await record([attempts.postponed(claimed, "稍后再发")])
    await Delivery.all().update(due_at=claimed.ready_at)
    (next_claim,), _ = await claim(Channel.WECHAT, 1, lease_seconds=60)
    assert next_claim.attempt == claimed.attempt

    assert await record([attempts.postponed(claimed, "稍后再发")]) == {}

    assert await _status() is DeliveryStatus.SENDING
    assert (await SubscriptionCredit.get()).spent == 1
