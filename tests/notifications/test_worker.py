"""The worker against the sandbox: what arrives on the phone, and what the delivery says of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tortoise import timezone

from config import breaker
from config.breaker import PAUSE_SECONDS, State
from config.redis import redis
from config.vault import sealed
from models import Channel, CreditEntry, Delivery, DeliveryStatus, Resident, SubscriptionCredit
from notifications.channels import attempts
from notifications.sending.claims import claim
from notifications.sending.lane import Pace
from notifications.sending.worker import Worker
from notifications.telling import outbox
from tests.notifications.factories import a_credit, a_delivery, a_resident
from tests.sandbox.calls import PROGRESS, SEND, STABLE, WeChat
from wechat import client
from wechat.client import FAILURES

QUICK = Pace(poll=0.05, lease=2, doubt=0.3, gather=0.001)
PATIENCE = 15.0


@asynccontextmanager
async def working(pace: Pace = QUICK) -> AsyncIterator[Worker]:
    """A worker while the test runs, stopped after it in good order."""
    worker = Worker(pace)
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        try:
            yield worker
        finally:
            worker.stop()


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110 - what is awaited is a row in the database
            await asyncio.sleep(0.01)


async def settled(delivery: Delivery, *statuses: DeliveryStatus) -> Delivery:
    """The delivery once it is in one of these states."""

    async def reached() -> bool:
        return await Delivery.filter(id=delivery.id, status__in=statuses).exists()

    await until(reached)
    return await Delivery.get(id=delivery.id)


async def a_subscriber(wechat: WeChat, taps: int = 1) -> Resident:
    """A resident of whom both WeChat and our ledger know so many taps."""
    resident = await a_resident(await wechat.openid())
    for _ in range(taps):
        # Two events of one second are one event, redelivered.
        await wechat.advance(1)
        await wechat.accept(template_id=PROGRESS)
    return resident


async def test_a_message_arrives_and_its_event_says_so(wechat: WeChat) -> None:
    delivery = await a_delivery(await a_subscriber(wechat))

    async with working():
        done = await settled(delivery, DeliveryStatus.DELIVERED)

    (message,) = await wechat.messages()
    assert done.provider_id == str(message["msgid"])
    assert done.sent_at is not None
    assert message["page"] == delivery.page
    assert message["data"]["phrase3"] == {"value": "已受理"}
    credit = await SubscriptionCredit.get()
    assert (credit.grants, credit.spent) == (1, 1)


async def test_a_signal_wakes_the_worker_before_its_next_look(wechat: WeChat) -> None:
    resident = await a_subscriber(wechat)

    async with working(Pace(poll=600)):
        await until(_heard)
        delivery = await a_delivery(resident)
        outbox.wake()
        await settled(delivery, DeliveryStatus.SENT, DeliveryStatus.DELIVERED)


async def _heard() -> bool:
    # Other processes of the run may listen as well: channels are not of one Redis database.
    return dict(await redis().pubsub_numsub(outbox.WAKE_CHANNEL))[outbox.WAKE_CHANNEL] >= 1


@pytest.mark.parametrize("fault", ["reset_after", "busy", "http_500"])
async def test_an_unknown_outcome_ends_with_one_message(wechat: WeChat, fault: str) -> None:
    delivery = await a_delivery(await a_subscriber(wechat, taps=2))
    await wechat.control("faults", path=SEND, kind=fault)

    async with working():
        done = await settled(delivery, DeliveryStatus.DELIVERED)

    assert len(await wechat.messages()) == 1
    assert done.attempts == (1 if fault == "reset_after" else 2)
    assert (await SubscriptionCredit.get()).spent == 1


async def test_an_outcome_that_comes_too_late_is_told_and_changes_nothing(wechat: WeChat) -> None:
    delivery = await a_delivery(await a_subscriber(wechat))
    (claimed,), _ = await claim(Channel.WECHAT, 1, lease_seconds=60)
    worker = Worker(QUICK)
    await worker._record([attempts.sent(claimed, "1")])  # noqa: SLF001 - as it ends each batch

    with capture_logs() as lines:
        await worker._record([attempts.sent(claimed, "2")])  # noqa: SLF001

    assert [(line["event"], line["count"]) for line in lines] == [("outcomes_too_late", 1)]
    assert (await Delivery.get(id=delivery.id)).provider_id == "1"


async def test_without_the_event_an_unknown_outcome_is_sent_again(wechat: WeChat) -> None:
    await wechat.control("options", sent_event=False)
    delivery = await a_delivery(await a_subscriber(wechat, taps=2))
    await wechat.control("faults", path=SEND, kind="reset_after")

    async with working():
        done = await settled(delivery, DeliveryStatus.SENT)

    assert done.attempts == 2
    assert len(await wechat.messages()) == 2


async def test_a_refused_token_is_replaced_unseen(wechat: WeChat) -> None:
    delivery = await a_delivery(await a_subscriber(wechat))
    await wechat.control("faults", path=SEND, kind="token_revoked")

    async with working():
        done = await settled(delivery, DeliveryStatus.DELIVERED)

    assert done.attempts == 1


async def test_an_unreachable_wechat_costs_no_credit(wechat: WeChat) -> None:
    delivery = await a_delivery(await a_subscriber(wechat))
    await wechat.control("faults", path=STABLE, kind="minute_quota", times=100)

    async with working():
        pending = await settled(delivery, DeliveryStatus.PENDING)
        while pending.errcode is None:
            pending = await Delivery.get(id=delivery.id)

    assert pending.errcode == 45011
    assert pending.error == "微信每分钟发送额度已用完"
    assert timezone.now() < pending.due_at < timezone.now() + timedelta(seconds=75)
    assert (await SubscriptionCredit.get()).spent == 0
    assert await CreditEntry.filter(kind="refund", delivery=delivery).count() == 1


async def test_an_imagined_credit_is_voided_and_the_copy_waits_for_a_tap(wechat: WeChat) -> None:
    resident = await a_resident(await wechat.openid())
    await a_credit(resident, hints=3)
    delivery = await a_delivery(resident)

    async with working():
        waiting = await settled(delivery, DeliveryStatus.WAITING_CREDIT)
        while waiting.errcode is None:
            waiting = await Delivery.get(id=delivery.id)
        voided = await SubscriptionCredit.get()
        await wechat.accept(template_id=PROGRESS)
        await settled(delivery, DeliveryStatus.DELIVERED)

    assert (waiting.errcode, waiting.error) == (43101, "用户未订阅或订阅次数已用完")
    assert (voided.hints, voided.grants, voided.spent) == (0, 0, 0)
    assert len(await wechat.messages()) == 1


async def test_what_wechat_never_takes_fails_with_a_reason(wechat: WeChat) -> None:
    resident = await a_subscriber(wechat)
    delivery = await a_delivery(resident)
    other = sealed.seal("resident", resident.id, column="openid", text="of-another-app")
    await Resident.filter(id=resident.id).update(openid_sealed=other)

    async with working():
        failed = await settled(delivery, DeliveryStatus.FAILED)

    assert (failed.errcode, failed.error) == (40003, "用户标识无效")
    assert (await SubscriptionCredit.get()).spent == 0


async def test_messages_of_one_resident_go_one_after_the_other(wechat: WeChat) -> None:
    await wechat.control("options", overlap_43108=True, send_ms=20)
    resident = await a_subscriber(wechat, taps=6)
    deliveries = [await a_delivery(resident) for _ in range(6)]

    async with working(), working():
        for delivery in deliveries:
            await settled(delivery, DeliveryStatus.DELIVERED)

    assert len(await wechat.messages()) == 6
    assert set((await wechat.shown("stats"))["calls"][SEND]) == {"0"}


async def test_stopping_finishes_what_is_in_flight(wechat: WeChat) -> None:
    await wechat.control("options", send_ms=300)
    delivery = await a_delivery(await a_subscriber(wechat))

    async with working() as worker:
        await settled(delivery, DeliveryStatus.SENDING)
        worker.stop()

    done = await Delivery.get(id=delivery.id)
    assert done.status in {DeliveryStatus.SENT, DeliveryStatus.DELIVERED}
    assert len(await wechat.messages()) == 1


async def test_while_wechat_is_left_alone_messages_wait_and_cost_nothing(
    wechat: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = 0.0
    monkeypatch.setattr(breaker, "monotonic", lambda: later)
    await wechat.control("options", sent_event=False)
    for number in range(12):
        resident = await a_resident(await wechat.openid(f"user{number}"))
        await wechat.accept(f"user{number}", template_id=PROGRESS)
        await a_delivery(resident)
    await wechat.control("faults", path=SEND, kind="http_500", times=1000)

    async def left_alone() -> bool:
        sending = await Delivery.filter(status=DeliveryStatus.SENDING).exists()
        return client.client().breaker.state is State.OPEN and not sending

    async with working(Pace(at_once=2, poll=0.02, gather=0.001, doubt=0)):
        await until(left_alone)
        asked = await _asked(wechat)
        tried = await Delivery.filter(attempts__gt=0).count()
        untouched = await Delivery.filter(attempts=0, status=DeliveryStatus.PENDING).count()
        spent = sum([each.spent for each in await SubscriptionCredit.all()])
        await wechat.raw("DELETE", "/_control/faults")
        still = await _asked(wechat)
        later += PAUSE_SECONDS
        for delivery in await Delivery.all():
            await settled(delivery, DeliveryStatus.SENT)

    assert FAILURES <= asked <= FAILURES + 1
    assert (still, spent) == (asked, tried)
    assert tried + untouched == 12
    assert sum([each.attempts for each in await Delivery.all()]) == await _asked(wechat)
    assert sum([each.spent for each in await SubscriptionCredit.all()]) == 12


async def _asked(wechat: WeChat) -> int:
    return sum((await wechat.shown("stats"))["calls"][SEND].values())
