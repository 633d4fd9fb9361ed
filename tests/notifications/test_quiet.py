"""Phones are left alone at night; what was overtaken by the morning is not sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tortoise import timezone
from tortoise.transactions import in_transaction

from config.clock import CITY_TIME
from config.settings import settings
from models import Channel, Delivery, DeliveryStatus, DropReason, Message, Resident, uuid7
from notifications.sending.claims import claim
from notifications.telling import messages, outbox, recipients
from notifications.telling.outgoing import Outgoing
from notifications.telling.quiet import SPREAD_SECONDS, quiet, until
from tests.notifications.factories import a_credit, a_resident

USUAL = "22:00-08:00"
NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=CITY_TIME)
MORNING = datetime(2026, 11, 24, 8, tzinfo=CITY_TIME)
CASE = UUID(int=7)


@pytest.fixture
def at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings().__dict__, "quiet_hours", USUAL)


def told(action: str, resident: Resident, *, at: datetime) -> Outgoing:
    message = messages.case_message(
        action,
        flow="approval",
        to=recipients.Resident(resident.id),
        case_id=CASE,
        number="210102202611230000017",
        item_name="居住证明",
        status_text="已受理",
        at=at,
        due=at + timedelta(days=3),
    )
    # There is no such case; which it is counts alike for an appointment, which need not be there.
    return replace(message, case_id=None, appointment_id=CASE)


def visit(action: str, *, at: datetime, starts_at: datetime) -> Outgoing:
    return messages.appointment_message(
        action,
        to=recipients.Resident(CASE),
        appointment_id=CASE,
        number="Y1",
        at=at,
        item_name=None,
        office_name="大厅",
        starts_at=starts_at,
    )


@pytest.mark.parametrize(
    ("written", "hour", "minute", "night"),
    [
        *((USUAL, 7, 59, True), (USUAL, 8, 0, False), (USUAL, 21, 59, False), (USUAL, 22, 0, True)),
        *(("00:30-06:00", 0, 29, False), ("00:30-06:00", 0, 30, True), ("off", 3, 0, False)),
    ],
)
def test_night_is_what_the_setting_says(
    written: str, hour: int, minute: int, *, night: bool
) -> None:
    moment = datetime(2026, 11, 23, hour, minute, tzinfo=CITY_TIME).astimezone(UTC)
    assert quiet(moment, written) is night


def test_a_night_ends_for_each_at_a_moment_of_their_own() -> None:
    people = [uuid7() for _ in range(50)]
    ends = [until(NIGHT, each, USUAL) for each in people]

    assert ends == [until(NIGHT + timedelta(hours=2), each, USUAL) for each in people]
    assert all(end and timedelta() <= end - MORNING for end in ends)
    assert all(end and end - MORNING < timedelta(seconds=SPREAD_SECONDS) for end in ends)
    assert len(set(ends)) > 25


@pytest.mark.usefixtures("at_night")
def test_only_what_is_urgent_and_near_goes_out_at_night() -> None:
    soon, late = NIGHT + timedelta(hours=9), NIGHT + timedelta(days=3)

    assert visit("close", at=NIGHT, starts_at=soon).held_until is None
    assert visit("close", at=NIGHT, starts_at=late).held_until == until(NIGHT, CASE)
    assert visit("remind_soon", at=NIGHT, starts_at=NIGHT + timedelta(hours=1)).held_until is None
    assert visit("remind", at=NIGHT, starts_at=soon).held_until is not None
    assert visit("book", at=NIGHT, starts_at=soon).held_until is None


@pytest.mark.usefixtures("at_night", "database")
async def test_what_is_told_at_night_is_in_the_inbox_and_waits_for_the_morning() -> None:
    wang = await a_resident()
    tonight = await _a_night(wang)

    message, copy = await Message.get(), await Delivery.get()
    assert message.created_at == tonight
    assert copy.due_at == copy.held_until == until(tonight, wang.id)
    assert copy.expires_at - copy.due_at == timedelta(hours=24)
    assert await claim(Channel.WECHAT, 10, lease_seconds=60) == ([], 0)
    # In the morning, without a credit, it has an hour for one.
    morning = timezone.now() - timedelta(seconds=1)
    await Delivery.all().update(due_at=morning, held_until=morning)
    await claim(Channel.WECHAT, 10, lease_seconds=60)
    copy = await Delivery.get()
    assert (copy.status, copy.due_at) == (
        DeliveryStatus.WAITING_CREDIT,
        morning + timedelta(hours=1),
    )


@pytest.mark.usefixtures("at_night", "database")
@pytest.mark.parametrize(
    ("action", "moot"),
    [("supplement", True), ("withdraw_by_agent", True), ("decline", True), ("handover", False)],
)
async def test_what_was_asked_is_not_sent_once_it_was_answered(action: str, *, moot: bool) -> None:
    wang = await a_resident()
    await a_credit(wang, grants=5)
    tonight = await _a_night(wang)

    async with in_transaction():
        await outbox.enqueue(told(action, wang, at=tonight + timedelta(minutes=5)))

    asked = await Delivery.get(message__kind="case.request_supplement")
    assert (asked.status, asked.reason) == (
        (DeliveryStatus.DROPPED, DropReason.SUPERSEDED) if moot else (DeliveryStatus.PENDING, None)
    )


async def _a_night(resident: Resident) -> datetime:
    """The applicant is asked for something in the night that comes."""
    midnight = (timezone.now() + timedelta(days=1)).astimezone(CITY_TIME).replace(hour=0)
    async with in_transaction():
        await outbox.enqueue(told("request_supplement", resident, at=midnight))
    return midnight
