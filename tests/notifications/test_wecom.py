"""Cards over WeCom against the sandbox that plays it, and each of WeCom's errcodes."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tortoise.transactions import in_transaction

from config import clock
from config.vault import blind, sealed
from models import (
    Channel,
    Delivery,
    DeliveryStatus,
    DropReason,
    Importance,
    Message,
    OrgUnit,
    Post,
    Role,
    Staff,
    UnitLevel,
    uuid7,
)
from notifications.channels.attempts import Claimed
from notifications.channels.wecom import reactions
from notifications.channels.wecom.statements import FEW
from notifications.sending.staff_copies import copy_to_staff
from notifications.telling import outbox, recipients
from notifications.telling.outgoing import Outgoing
from tests.notifications.test_worker import settled, working
from tests.sandbox.calls import WeChat
from wechat import wecom
from wechat.errcodes import NotAsked, WeChatError, WeChatUnavailable

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
UNIT = "210102001001"
RIVALS = 8
PENDING, FAILED = DeliveryStatus.PENDING, DeliveryStatus.FAILED


def _claimed() -> Claimed:
    return Claimed(
        id=UUID(int=1),
        attempt=1,
        lease=AT,
        former=PENDING,
        channel=Channel.WECOM,
        address="clerk",
        template="act",
        page="",
        data={},
        ready_at=AT,
        expires_at=AT + timedelta(hours=23),
    )


@pytest.mark.parametrize(
    ("errcode", "soonest", "latest"),
    [
        (40001, 3, 7),
        (40014, 3, 7),
        (42001, 3, 7),
        (45009, 55, 75),
        (45033, 0.5, 1.5),
        *((errcode, 450, 750) for errcode in (40013, 40056, 41001, 48002, 60020)),
        *((errcode, None, None) for errcode in (40058, 60111, 81013, 82001)),
        (99999, 3, 7),
    ],
)
def test_a_refusal_is_tried_again_or_given_up_by_its_class(
    errcode: int, soonest: float | None, latest: float | None
) -> None:
    found = wecom.REACTIONS.get(errcode)
    error = WeChatError(errcode, "", reaction=found)
    outcome = reactions.refused(_claimed(), error, at=AT, doubt=15)

    assert outcome.status is (FAILED if soonest is None else PENDING)
    assert outcome.errcode == errcode
    if soonest is not None and latest is not None:
        assert outcome.wait is not None
        assert soonest <= outcome.wait <= latest


def test_what_may_have_arrived_is_in_doubt_and_what_was_not_asked_is_as_before() -> None:
    lost = WeChatUnavailable("no answer in time", ambiguous=True)
    assert reactions.refused(_claimed(), lost, at=AT, doubt=15).status is DeliveryStatus.UNKNOWN
    assert reactions.refused(_claimed(), NotAsked(), at=AT, doubt=15).lease == AT


@pytest.fixture
async def corporation(wechat: WeChat) -> WeChat:
    await OrgUnit.create(code=UNIT, name="社区", level=UnitLevel.COMMUNITY, path=UNIT)
    return wechat


async def a_member(corporation: WeChat, user: str = "clerk", *, role: Role = Role.CLERK) -> Staff:
    """Somebody with a post who bound WeCom, as `bind` does."""
    code = (await corporation.control("wecom/codes", user=user))["code"]
    found = await wecom.member_of(code)
    assert found == user
    staff = Staff(id=uuid7(), name_sealed=b"", created_at=clock.now())
    staff.wecom_sealed = sealed.seal("staff", staff.id, column="wecom", text=user)
    staff.wecom_hash = blind("wecom", user)
    await staff.save()
    since = clock.now() - timedelta(days=1)
    await Post.create(staff_id=staff.id, unit_id=UNIT, role=role, created_at=since)
    return staff


async def told(to: recipients.Recipient, **changes: object) -> Message:
    given = {
        "to": to,
        "kind": "staff.submit",
        "importance": Importance.ACT,
        "wording": "0",
        "title": "有新办件",
        "body": "“居住证明”（办件编号210102202611230000017）等待受理。",
        "at": clock.now(),
    }
    async with in_transaction():
        await outbox.enqueue(Outgoing(**given | changes))  # type: ignore[arg-type]
    return (await Message.all().order_by("-id"))[0]


async def test_a_card_reaches_who_holds_the_role_and_opens_the_inbox(corporation: WeChat) -> None:
    clerk = await a_member(corporation)
    await a_member(corporation, "reviewer", role=Role.REVIEWER)
    await told(recipients.UnitRole(UNIT, Role.CLERK))
    await told(recipients.UnitRole(UNIT, Role.CLERK), by_staff_id=clerk.id)
    await told(recipients.Staff(clerk.id), importance=Importance.INFO)

    assert await copy_to_staff(now=clock.now()) == 1
    delivery = await Delivery.get()
    with capture_logs() as lines:
        async with working():
            await settled(delivery, DeliveryStatus.SENT)

    [card] = (await corporation.shown("wecom?user=clerk"))["items"]
    assert card["title"] == "有新办件"
    assert card["page"] == "pages/staff/message/list"
    assert (await corporation.shown("wecom?user=reviewer"))["items"] == []
    assert lines == []


async def test_rivals_write_each_card_once(corporation: WeChat) -> None:
    clerk = await a_member(corporation)
    for _ in range(5):
        await told(recipients.Staff(clerk.id))

    made = await asyncio.gather(*(copy_to_staff(now=clock.now()) for _ in range(RIVALS)))

    assert sum(made) == await Delivery.all().count() == 5


async def test_of_a_batch_one_card_goes_and_says_how_many_there_are(corporation: WeChat) -> None:
    clerk = await a_member(corporation)
    for kind, many in (("staff.submit", FEW + 1), ("staff.pass", FEW)):
        for _ in range(many):
            await told(recipients.UnitRole(UNIT, Role.CLERK), kind=kind)

    await copy_to_staff(now=clock.now())

    copies = await Delivery.filter(staff_id=clerk.id).prefetch_related("message")
    going = [each for each in copies if each.status is PENDING]
    [card] = [each for each in going if each.message.kind == "staff.submit"]
    assert (len(copies), len(going)) == (2 * FEW + 1, FEW + 1)
    assert card.data["text"] == f"这类消息共{FEW + 1}条，请打开消息逐条查看。"
    assert card.page == "pages/staff/message/list"
    merged = [each for each in copies if each.reason is DropReason.MERGED]
    assert {each.merged_into_id for each in merged} == {card.id}


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "busy", "token_revoked"])
async def test_whatever_becomes_of_the_call_one_card_arrives(
    corporation: WeChat, fault: str
) -> None:
    clerk = await a_member(corporation)
    await told(recipients.Staff(clerk.id))
    await copy_to_staff(now=clock.now())
    await corporation.control("faults", path="wecom", kind=fault)

    async with working():
        await settled(await Delivery.get(), DeliveryStatus.SENT)

    assert len((await corporation.shown("wecom?user=clerk"))["items"]) == 1


async def test_who_was_disabled_meanwhile_gets_no_card(corporation: WeChat) -> None:
    clerk = await a_member(corporation)
    await told(recipients.Staff(clerk.id))
    await copy_to_staff(now=clock.now())
    await Staff.filter(id=clerk.id).update(active=False)

    async with working():
        done = await settled(await Delivery.get(), DeliveryStatus.DROPPED)

    assert done.reason is DropReason.NO_ADDRESS


async def test_who_is_out_of_reach_is_given_up(corporation: WeChat) -> None:
    clerk = await a_member(corporation)
    await told(recipients.Staff(clerk.id))
    await copy_to_staff(now=clock.now())
    await corporation.control("options", wecom_errcode=81013)

    async with working():
        done = await settled(await Delivery.get(), FAILED)

    assert done.errcode == 81013
