"""What goes on to the next channel, when, and how often."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config import clock
from config.settings import settings
from config.vault import blind, sealed
from models import (
    Channel,
    Delivery,
    DeliveryStatus,
    DropReason,
    Importance,
    Message,
    Resident,
    uuid7,
)
from notifications.sending import handing_on
from notifications.sending.handing_on import hand_on
from tests.notifications.factories import a_delivery, a_resident

pytestmark = pytest.mark.usefixtures("database")
RIVALS = 10
BOTH = (Channel.WECHAT, Channel.SMS)
HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LATE: dict[str, Any] = {"created_at": NOON - HOUR, "due_at": NOON - HOUR}


async def with_phone(phone: str = "13800000000") -> Resident:
    resident = await a_resident()
    await Resident.filter(id=resident.id).update(
        phone_sealed=sealed.seal("resident", resident.id, column="phone", text=phone),
        phone_hash=blind("phone", phone),
    )
    return resident


async def undelivered(resident: Resident | None = None, **changes: Any) -> Delivery:
    given = {"status": DeliveryStatus.FAILED, "expires_at": NOON + 12 * HOUR}
    return await a_delivery(resident or await with_phone(), **given | changes)


async def after(delivery: Delivery) -> list[Delivery]:
    """The copies of the same message over other channels."""
    return await Delivery.filter(message_id=delivery.message_id).exclude(id=delivery.id)


@pytest.mark.parametrize(
    ("changes", "goes_on"),
    [
        ({}, True),
        ({"status": "dropped", "reason": "no_subscription"}, True),
        ({"status": "dropped", "reason": "no_credit"}, True),
        ({"status": "dropped", "reason": "kept"}, True),
        ({"status": "dropped", "reason": "superseded"}, False),
        ({"status": "dropped", "reason": "inbox_only"}, False),
        ({"status": "waiting_credit", **LATE, "due_at": NOON + HOUR}, True),
        ({"status": "waiting_credit", "created_at": NOON, "due_at": NOON}, False),
        ({"status": "pending", **LATE}, True),
        # It waits for the morning, or has waited.
        ({"status": "pending", **LATE, "held_until": NOON + HOUR}, False),
        ({"status": "pending", **LATE, "held_until": NOON}, False),
        ({"status": "pending", "attempts": 3, **LATE, "due_at": NOON + HOUR}, True),
        ({"status": "sending", **LATE}, False),
        ({"status": "unknown", **LATE}, False),
        ({"status": "sent", **LATE}, False),
        ({"status": "delivered", **LATE}, False),
        ({"important": False}, False),
        ({"expires_at": NOON}, False),
    ],
)
async def test_only_what_surely_did_not_arrive_goes_on_once(
    changes: dict[str, Any],
    goes_on: bool,  # noqa: FBT001 - a column of the table
) -> None:
    delivery = await undelivered(**changes)

    made = [await hand_on(BOTH, now=NOON) for _ in range(2)]

    assert made == [int(goes_on), 0]
    copies = await after(delivery)
    assert [(each.channel, each.status) for each in copies] == (
        [(Channel.SMS, DeliveryStatus.PENDING)] if goes_on else []
    )
    now = await Delivery.get(id=delivery.id)
    if goes_on and changes.get("status") in {"pending", "waiting_credit"}:
        assert (now.status, now.reason) == (DeliveryStatus.DROPPED, DropReason.HANDED_ON)


async def test_the_short_message_says_title_and_number_alone() -> None:
    delivery = await undelivered()
    await hand_on(BOTH, now=NOON)

    [copy] = await after(delivery)
    assert copy.data == {"title": "申请已受理", "number": ""}
    assert copy.template == Importance.RESULT
    assert copy.expires_at == delivery.expires_at


async def test_rivals_hand_on_each_once_and_keep_to_what_a_day_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YIKOU_SMS_PER_PERSON", "3")
    monkeypatch.setenv("YIKOU_SMS_PER_DAY", "5")
    # So that each finds some that the others have not.
    monkeypatch.setattr(handing_on, "AT_ONCE", 2)
    settings.cache_clear()
    residents = [await with_phone(f"1380000000{n}") for n in range(4)]
    for resident in residents:
        for _ in range(4):
            await undelivered(resident)
    try:
        await asyncio.gather(*(hand_on(BOTH, now=NOON) for _ in range(RIVALS)))
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    copies = await Delivery.filter(channel=Channel.SMS)
    assert len({each.message_id for each in copies}) == len(copies) == 16
    pending = [each for each in copies if each.status is DeliveryStatus.PENDING]
    assert len(pending) == 5
    assert {each.reason for each in copies} == {None, DropReason.LIMIT}
    of = [each.resident_id for each in pending]
    assert max(of.count(one) for one in of) <= 3


async def test_who_has_no_number_is_dropped_with_the_reason_and_keeps_waiting_for_a_tap() -> None:
    lonely = await a_resident()
    failed = await undelivered(lonely)
    waiting = await undelivered(lonely, status="waiting_credit", **LATE)

    await hand_on(BOTH, now=NOON)

    [copy] = await after(failed)
    assert (copy.status, copy.reason) == (DeliveryStatus.DROPPED, DropReason.NO_ADDRESS)
    assert await after(waiting) == []
    assert (await Delivery.get(id=waiting.id)).status is DeliveryStatus.WAITING_CREDIT


async def test_without_another_channel_nothing_is_taken_from_the_first() -> None:
    waiting = await undelivered(status="waiting_credit", **LATE)

    assert await hand_on([Channel.WECHAT], now=NOON) == 0
    assert (await Delivery.get(id=waiting.id)).status is DeliveryStatus.WAITING_CREDIT


async def test_what_was_read_goes_no_further() -> None:
    delivery = await undelivered()
    await Message.all().update(read_at=clock.now())

    await hand_on(BOTH, now=NOON)

    assert await after(delivery) == []


@pytest.mark.parametrize("urgent", [True, False])
async def test_at_night_only_what_is_urgent_makes_a_phone_ring(
    monkeypatch: pytest.MonkeyPatch,
    urgent: bool,  # noqa: FBT001 - a column of the table
) -> None:
    monkeypatch.setenv("YIKOU_QUIET_HOURS", "22:00-08:00")
    settings.cache_clear()
    night = NOON + 11 * HOUR
    delivery = await undelivered(expires_at=NOON + 48 * HOUR)
    # What is urgent was not held when it was told.
    await Message.all().update(created_at=night if urgent else NOON)
    try:
        await hand_on(BOTH, now=night)
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    [copy] = await after(delivery)
    morning = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert (copy.held_until or NOON) >= morning if not urgent else copy.held_until is None


async def test_a_newer_message_of_the_same_visit_takes_its_place() -> None:
    resident = await with_phone()
    older, newer = await undelivered(resident), await undelivered(resident)
    await Message.all().update(appointment_id=uuid7())
    other = await undelivered(resident)

    await hand_on(BOTH, now=NOON)

    [[first], [second], [third]] = [await after(each) for each in (older, newer, other)]
    assert (first.status, first.reason) == (DeliveryStatus.DROPPED, DropReason.SUPERSEDED)
    assert second.status is third.status is DeliveryStatus.PENDING
