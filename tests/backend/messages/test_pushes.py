"""What WeChat pushes is carried out once, for the resident and template that it names."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from backend.messages import pushes
from config import clock
from models import (
    Assurance,
    CreditEntry,
    Delivery,
    DeliveryStatus,
    Erasure,
    Resident,
    SubscriptionCredit,
)
from models import PushEvent as Remembered
from notifications.channels.wechat import credit
from notifications.channels.wechat.templates import templates
from tests.accounts import an_account
from tests.notifications.factories import a_delivery
from wechat.push import PushEvent

pytestmark = pytest.mark.usefixtures("database")
TAP, SETTING, SENT = (f"subscribe_msg_{name}_event" for name in ("popup", "change", "sent"))
CANCEL, REVOKE = "user_authorization_cancellation", "user_authorization_revoke"
WANG = "openid-wang"
_digests = count()


def now() -> datetime:
    return datetime.now(UTC)


def an_event(
    kind: str, *items: Mapping[str, str], by: str = WANG, at: datetime | None = None, **content: Any
) -> PushEvent:
    return PushEvent(
        kind=kind,
        sender=by,
        created=int((at or now()).timestamp()),
        items=items,
        content=content,
        digest=f"digest-{next(_digests)}",
    )


def answered(how: str, template: str = "case_progress") -> dict[str, str]:
    return {"TemplateId": templates()[template].id, "SubscribeStatusString": how}


async def taken(kind: str, *items: Mapping[str, str], **about: Any) -> None:
    await pushes.take(an_event(kind, *items, **about), now=now())


async def test_what_is_told_twice_is_carried_out_once() -> None:
    wang = await an_account(WANG)
    first = an_event(TAP, answered("accept"))
    for event in (first, first, first, an_event(TAP, answered("accept"))):
        await pushes.take(event, now=now())

    assert await credit.balances(wang.id) == {"case_progress": 2}
    assert [entry.kind for entry in await CreditEntry.all()] == ["grant", "grant"]
    assert await Remembered.all().count() == 2
    remembered = await Remembered.get(digest=first.digest)
    assert (remembered.event, remembered.digest) == (TAP, first.digest)


@pytest.mark.parametrize(
    ("kind", "how", "left"),
    [
        (TAP, "accept", 3),
        (TAP, "reject", 2),
        (TAP, "ban", 2),
        (TAP, "", 2),
        (SETTING, "accept", 2),
        (SETTING, "reject", 0),
        (SETTING, "", 2),
        ("debug_demo", "accept", 2),
    ],
)
async def test_what_an_answer_does_to_the_credit(kind: str, how: str, left: int) -> None:
    wang, li = await an_account(WANG), await an_account("openid-li")
    for resident in (wang, li):
        for template in ("case_progress", "action_needed"):
            await taken(TAP, *[answered("accept", template)] * 2, by=_openid(resident, wang))

    await taken(kind, answered(how))

    assert await credit.balances(wang.id) == {"case_progress": left, "action_needed": 2}
    assert await credit.balances(li.id) == {"case_progress": 2, "action_needed": 2}


def _openid(resident: Resident, wang: Resident) -> str:
    return WANG if resident.id == wang.id else "openid-li"


async def test_a_refusal_holds_from_when_it_was_said() -> None:
    wang, said = await an_account(WANG), now() - timedelta(minutes=3)
    await taken(SETTING, answered("reject"), at=said)

    kept = await SubscriptionCredit.get(resident_id=wang.id)
    assert kept.refused_at == said.replace(microsecond=0)


async def test_an_event_of_several_templates_counts_for_each_that_is_known() -> None:
    wang = await an_account(WANG)
    unknown = {"TemplateId": "nobodys", "SubscribeStatusString": "accept"}
    nameless = {"SubscribeStatusString": "accept"}

    await taken(
        TAP,
        answered("accept", "case_progress"),
        unknown,
        answered("reject", "appointment"),
        nameless,
        answered("accept", "action_needed"),
    )
    await taken(TAP)

    assert await credit.balances(wang.id) == {"case_progress": 1, "action_needed": 1}


async def test_what_a_stranger_taps_counts_for_nobody_not_even_when_they_come_later() -> None:
    event = an_event(TAP, answered("accept"))
    await pushes.take(event, now=now())
    wang = await an_account(WANG)
    await pushes.take(event, now=now())

    assert await SubscriptionCredit.all().count() == 0
    assert await credit.balances(wang.id) == {}


async def test_a_kind_that_we_do_not_know_leaves_no_trace() -> None:
    await an_account(WANG)
    await taken("x" * 300, answered("accept"))
    assert await Remembered.all().count() == await SubscriptionCredit.all().count() == 0


@pytest.mark.parametrize(
    ("code", "status", "errcode"),
    [
        ("0", DeliveryStatus.DELIVERED, None),
        ("43101", DeliveryStatus.FAILED, 43101),
        ("-1", DeliveryStatus.FAILED, -1),
        ("1234567890", DeliveryStatus.FAILED, -1),
        ("123456789", DeliveryStatus.FAILED, 123456789),
        ("success", DeliveryStatus.FAILED, -1),
        ("٣", DeliveryStatus.FAILED, -1),
        ("", DeliveryStatus.FAILED, -1),
        (None, DeliveryStatus.FAILED, -1),
    ],
)
async def test_what_became_of_a_message_is_noted_on_the_one_with_its_number(
    code: str | None, status: DeliveryStatus, errcode: int | None
) -> None:
    wang = await an_account(WANG)
    sent = [
        await a_delivery(wang, status=DeliveryStatus.SENT, provider_id=msgid)
        for msgid in ("17", "18")
    ]
    item = {"TemplateId": templates()["case_progress"].id, "MsgID": "18"}

    await taken(SENT, item | ({} if code is None else {"ErrorCode": code}))

    other, told = [await Delivery.get(id=each.id) for each in sent]
    assert (told.status, told.errcode) == (status, errcode)
    assert (other.status, other.errcode) == (DeliveryStatus.SENT, None)


async def test_a_number_that_we_do_not_know_is_of_the_message_whose_answer_was_lost() -> None:
    wang = await an_account(WANG)
    lost = await a_delivery(wang, status=DeliveryStatus.UNKNOWN)
    item = {"MsgID": "99", "ErrorCode": "0"}

    await taken(SENT, item | {"TemplateId": templates()["action_needed"].id})
    assert (await Delivery.get(id=lost.id)).status is DeliveryStatus.UNKNOWN

    await taken(SENT, item | {"TemplateId": templates()["case_progress"].id})
    found = await Delivery.get(id=lost.id)
    assert (found.status, found.provider_id) == (DeliveryStatus.DELIVERED, "99")


async def test_who_takes_all_back_is_whom_the_event_names_and_not_who_sent_it() -> None:
    wang, li = await an_account(WANG), await an_account("openid-li")
    event = an_event(CANCEL, by="openid-li", OpenID=WANG, at=now() + timedelta(seconds=5))
    for _ in range(3):
        await pushes.take(event, now=now())

    (begun,) = await Erasure.all().values()
    assert (begun["resident_id"], begun["cause"]) == (wang.id, CANCEL)
    assert (await Resident.get(id=wang.id)).openid_hash != wang.openid_hash
    assert (await Resident.get(id=li.id)).openid_hash == li.openid_hash


async def test_who_came_after_it_was_taken_back_stays() -> None:
    wang = await an_account(WANG)
    await taken(CANCEL, OpenID=WANG, at=now() - timedelta(hours=1))
    assert await Erasure.all().count() == 0
    assert (await Resident.get(id=wang.id)).openid_hash == wang.openid_hash


@pytest.mark.parametrize(
    ("revoked", "gone"),
    [
        ("8", True),
        (8, True),
        ("1,8", True),
        ("[6, 8]", True),
        ("6", False),
        ("18", False),
        ("88", False),
        ("", False),
        (None, False),
    ],
)
async def test_the_phone_goes_where_it_is_among_what_was_taken_back(
    *, revoked: object, gone: bool
) -> None:
    wang, li = [
        await an_account(openid, phone_sealed=b"x", phone_hash=openid, assurance=Assurance.PHONE)
        for openid in (WANG, "openid-li")
    ]
    await taken(REVOKE, by="openid-li", OpenID=WANG, RevokeInfo=revoked)

    wang, li = [await Resident.get(id=each.id) for each in (wang, li)]
    assert (wang.phone_hash is None) == gone
    assert li.phone_hash
    assert await Erasure.all().count() == 0


async def test_pushes_are_forgotten_after_a_month() -> None:
    at = clock.now()
    for days in (29, 30, 31):
        await Remembered.create(
            digest=f"{days}", event=TAP, received_at=at - timedelta(days=days, seconds=days - 30)
        )

    assert await pushes.forget(now=at) == 1
    assert sorted(push.digest for push in await Remembered.all()) == ["29", "30"]
    assert await pushes.forget(now=at + timedelta(microseconds=1)) == 1
