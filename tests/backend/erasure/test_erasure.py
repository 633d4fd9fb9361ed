from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise import timezone
from tortoise.transactions import in_transaction

from backend import audit
from backend.appointments.acts.cancelling import cancel
from backend.appointments.reading import queries
from backend.appointments.record.snapshot import sealed_form
from backend.audit import Act, Actor
from backend.drafts import drafts
from backend.drafts.drafts import Content
from backend.erasure import beginning, carrying_out
from backend.errors import ServiceError
from backend.files import operations as files
from backend.files import store
from backend.files.owners import Owner
from backend.idempotency import keys
from backend.identity import actors, residents, sessions, tokens
from config import clock
from models import (
    AccessRecord,
    Appointment,
    AppointmentEvent,
    Assurance,
    Audience,
    Case,
    CaseForm,
    CaseMaterial,
    CreditEntry,
    Delivery,
    Draft,
    Erasure,
    IdempotencyKey,
    Message,
    Resident,
    Slot,
    StoredFile,
    SubscriptionCredit,
    uuid7,
)
from notifications.channels.wechat import credit
from tests.accounts import an_account, openid_of
from tests.backend.appointments.factories import a_slot, actor_of, book, noon
from tests.backend.cases.factories import COMMUNITY, ITEM, a_case
from tests.backend.erasure.leaving import CAUSE, leave
from tests.backend.files.pictures import PDF
from tests.phones import Phones

LATER = timedelta(seconds=5)


async def stored_answer(resident: Resident) -> None:
    once = keys.once(f"resident:{resident.id}", "k", method="POST", path="/me", body=b"")
    async with in_transaction() as within:
        await keys.store(once, 200, b"{}", within)


async def test_the_account_is_closed_at_once_and_nothing_of_hers_stays_in_it(
    wang: Resident,
) -> None:
    session = await sessions.start(Audience.RESIDENT, wang.id, now=clock.now())

    assert await leave(wang) == wang.id

    left = await Resident.get(id=wang.id)
    personal = ("person_id", "phone_sealed", "phone_hash", "address_sealed", "community_id")
    for column in (*personal, "openid_sealed"):
        assert getattr(left, column) is None, column
    assert left.assurance is Assurance.WECHAT
    assert wang.openid_hash not in left.openid_hash
    with pytest.raises(ServiceError, match="登录已失效"):
        tokens.verify(session.access_token, Audience.RESIDENT, now=clock.now())
    late = await sessions.start(Audience.RESIDENT, wang.id, now=clock.now())
    with pytest.raises(ServiceError, match="登录已失效"):
        await actors.resident(late.claims)
    with pytest.raises(ServiceError, match="登录已失效"):
        await residents.update_profile(wang.id, community_code=COMMUNITY, now=clock.now())


async def test_a_later_login_makes_a_new_account(wang: Resident, phones: Phones) -> None:
    await leave(wang)

    again = await residents.log_in(await phones.code("wang"), now=clock.now())

    assert again.claims.subject != wang.id
    account = await Resident.get(id=again.claims.subject)
    assert (openid_of(account), account.assurance) == (openid_of(wang), "wechat")


async def test_why_she_cancelled_goes_and_that_she_did_stays(wang: Resident) -> None:
    slot = await a_slot(starts_at=noon(days=1))
    booked = await book(slot.id, by=actor_of(wang))
    await cancel(booked.id, by=actor_of(wang), reason="孩子生病", now=clock.now())

    await leave(wang)
    await carrying_out.carry_out(now=clock.now())

    history = await AppointmentEvent.all().order_by("seq")
    assert [(each.action, each.reason_sealed) for each in history] == [
        ("book", None),
        ("cancel", None),
    ]


async def test_what_she_filled_in_for_a_visit_goes(wang: Resident) -> None:
    booked = await book((await a_slot(starts_at=noon(days=1))).id, by=actor_of(wang))
    filled = replace(booked, form={"reason": "收入低于标准"})
    await Appointment.all().update(form_sealed=sealed_form(filled))
    assert (await queries.one_of_resident(booked.id, wang.id)).form == filled.form

    await leave(wang)
    await carrying_out.carry_out(now=clock.now())

    assert (await Appointment.get()).form_sealed is None


async def test_an_event_of_before_the_account_was_made_is_not_about_it(wang: Resident) -> None:
    before = wang.created_at - LATER

    assert await beginning.begin(openid_of(wang), at=before, cause=CAUSE, now=clock.now()) is None
    assert await beginning.begin("nobody", at=timezone.now(), cause=CAUSE, now=clock.now()) is None
    assert (await Resident.get(id=wang.id)).erased_at is None
    assert await Erasure.all().count() == 0


async def test_what_she_had_begun_goes(wang: Resident) -> None:
    begun = Content(item_code=ITEM, form={"reason": "收入低于标准"}, materials=[])
    draft = uuid7()
    await drafts.save(draft, begun, resident_id=wang.id, seen=0, now=clock.now())

    await leave(wang)
    await carrying_out.carry_out(now=clock.now())

    assert await Draft.all().count() == 0
    with pytest.raises(ServiceError, match="没有找到"):
        await drafts.save(draft, begun, resident_id=wang.id, seen=1, now=clock.now())


async def test_what_she_left_behind_goes_and_her_cases_stay(wang: Resident) -> None:
    case = await a_case(by=actor_of(wang))
    paper = await files.upload(
        Owner("resident", wang.id), name="paper.pdf", content=PDF, now=clock.now()
    )
    spare = await files.upload(
        Owner("resident", wang.id), name="spare.pdf", content=PDF, now=clock.now()
    )
    await CaseMaterial.create(
        case_id=case.id, code="id_card", file_id=paper.id, created_at=clock.now()
    )
    slot = await a_slot(starts_at=noon(days=1))
    await book(slot.id, by=actor_of(wang))
    await credit.grant(wang.id, "appointment", now=clock.now())
    await stored_answer(wang)
    before = await Case.get(id=case.id)
    forms = await CaseForm.all().values()
    to_unit = await Message.get(case_id=case.id, resident_id=None)

    await leave(wang)
    await carrying_out.carry_out(now=clock.now())

    assert (await Erasure.get()).state == "done"
    after = await Case.get(id=case.id)
    assert (after.status, after.version) == (before.status, before.version)
    assert await CaseForm.all().values() == forms != []
    assert [file.id for file in await StoredFile.all()] == [paper.id]
    assert await store.get(paper.key)
    with pytest.raises(ServiceError):
        await store.get(spare.key)
    appointment = await Appointment.get()
    assert appointment.status == "cancelled"
    assert appointment.person_id is None
    assert (await Slot.get(id=slot.id)).booked == 0
    theirs = await Message.filter(resident_id=wang.id)
    assert {message.body for message in theirs} == {"账号已注销，消息内容已清除"}
    assert [each.body for each in await Message.filter(resident_id=None)] == [to_unit.body]
    assert {str(each.data) for each in await Delivery.all()} == {"{}"}
    assert {each.status for each in await Delivery.all()} <= {"failed", "dropped"}
    for table in (CreditEntry, SubscriptionCredit, IdempotencyKey):
        assert await table.all().count() == 0
    assert (await AccessRecord.get(action="erase_resident")).resident_id == wang.id


async def test_a_job_that_died_halfway_ends_what_it_began(
    wang: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    await book((await a_slot(starts_at=noon(days=1))).id, by=actor_of(wang))
    await leave(wang)

    async def die(_act: Act, *, by: Actor, **_more: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as dying:
        dying.setattr(audit, "record", die)
        with pytest.raises(ConnectionResetError):
            await carrying_out.carry_out(now=clock.now())
    assert (await Erasure.get()).state == "begun"

    await carrying_out.carry_out(now=clock.now())
    await carrying_out.carry_out(now=clock.now())

    assert (await Erasure.get()).state == "done"
    assert await Message.filter(kind="appointment.cancel").count() == 1
    assert await AccessRecord.filter(action="erase_resident").count() == 1


async def test_others_keep_what_is_theirs(wang: Resident, phones: Phones) -> None:
    other = await an_account(assurance=Assurance.PHONE)
    await book((await a_slot(starts_at=noon(days=1))).id, by=actor_of(other))
    await credit.grant(other.id, "appointment", now=clock.now())
    await stored_answer(other)
    spoken = await Message.get()

    await leave(wang)
    await carrying_out.carry_out(now=clock.now())

    assert (await Appointment.get()).status == "booked"
    assert (await Message.get()).body == spoken.body
    assert await IdempotencyKey.all().count() == await CreditEntry.all().count() == 1
    assert openid_of(await Resident.get(id=other.id)) == openid_of(other)


async def test_a_phone_that_was_taken_back_is_forgotten_and_no_more(wang: Resident) -> None:
    assert await beginning.forget_phone(openid_of(wang))
    assert not await beginning.forget_phone(openid_of(wang))

    left = await Resident.get(id=wang.id)
    assert (left.phone_sealed, left.phone_hash, left.assurance) == (None, None, "real_name")
    assert left.person_id == wang.person_id
    await Resident.filter(id=wang.id).update(
        phone_sealed=b"x", assurance=Assurance.PHONE, person_id=None
    )
    await beginning.forget_phone(openid_of(wang))
    assert (await Resident.get(id=wang.id)).assurance is Assurance.WECHAT
