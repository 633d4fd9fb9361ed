"""Filing at a window: the same checks, one case for a person, and whose its papers become."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from backend.appointments.acts import cancelling
from backend.appointments.reading import queries as appointments
from backend.cases.acts.submit import Application
from backend.cases.reading import queries, scope
from backend.cases.record import intake
from backend.consistency import audit
from backend.errors import ServiceError
from backend.files import queries as files
from backend.identity.actors import StaffActor
from backend.messages import operations as marking
from backend.messages import queries as inbox
from backend.window import batches
from backend.window.batches import Row
from backend.window.filing import Consent
from backend.window.refusals import AgentInvalid
from config import clock
from config.settings import settings
from models import (
    Appointment,
    Case,
    CaseEvent,
    CaseForm,
    CaseMaterial,
    ConsentKind,
    FiledBy,
    Message,
    Resident,
    Role,
    Staff,
    StoredFile,
    uuid7,
)
from sandbox.actors import id_number
from tests.backend.appointments import factories as booking
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, FORM, ITEM, NOW, an_actor, staff
from tests.backend.cases.test_submit import submit
from tests.backend.window.counter import Counter
from tests.backend.window.test_persons import NAME, NUMBER, PHONE, take_in

RIVALS = 9


async def test_what_a_window_files_is_the_persons_and_its_three_places_are_told_apart(
    counter: Counter,
) -> None:
    signed = await counter.scan("同意.pdf")
    case_id = await counter.file(
        consent=Consent(kind=ConsentKind.SIGNATURE, file_id=signed),
        agent={"name": "王 芳", "relation": "child", "phone": "13900000006"},
    )

    case = await queries.one(case_id)
    assert (case.resident_id, case.subject_id) == (None, counter.person)
    assert (case.filed_by, case.received_unit_code) == (FiledBy.STAFF, ELSEWHERE)
    assert (case.community_code, case.holder_code) == (COMMUNITY, COMMUNITY)
    assert case.form
    assert (case.form["applicant"]["name"], case.form["reason"]) == (NAME, FORM["reason"])
    row = await Case.get(id=case_id)
    event, form = await CaseEvent.get(case_id=case_id), await CaseForm.get(case_id=case_id)
    assert row.filed_by_id == event.actor_id == form.actor_id == counter.clerk.id
    assert event.actor == form.actor == "staff"
    kept = (await intake.of_case(case_id))[1]
    assert (kept.consent, kept.consent_file_id) == (ConsentKind.SIGNATURE, signed)
    assert kept.agent == {"name": "王芳", "relation": "child", "phone": "13900000006"}
    assert (await files.of_case(signed, case_id)).id == signed
    # Nobody has an account yet; the person has an inbox, and the unit that holds it is told.
    told = await Message.all().order_by("kind").values_list("kind", "person_id")
    assert told == [("case.submit_at_window", counter.person), ("staff.submit", None)]
    assert await StoredFile.filter(person_id=counter.person, staff_id=None).count() == 2
    checks = [check for check in audit.checks() if check.name != "staff_unseals"]
    assert audit.broken(await audit.run(settings().database_url, checks)) == []


async def test_papers_and_messages_are_their_owners_once_that_one_has_an_account(
    counter: Counter,
) -> None:
    case_id = await counter.file()
    before = await Message.get(person_id=counter.person)
    paper = (await CaseMaterial.filter(case_id=case_id).first()).file_id  # type: ignore[union-attr]
    account = await counter.account()

    [case] = await queries.list_of_resident(account.id, status=None, before=None, limit=5)
    assert UUID(case.id) == case_id
    assert (await files.of_resident(paper, account.id)).id == paper
    for each in (account, await counter.account()):
        listed = await inbox.list_of_resident(each.id, limit=5)
        assert [(told.id, told.case_id, told.deliveries) for told in listed] == [
            (before.id, case_id, [])
        ]
    assert await inbox.unread_of_resident(account.id) == 1
    await marking.read(before.id, resident_id=account.id, now=clock.now())
    assert await inbox.unread_of_resident(account.id) == 0
    assert await inbox.list_of_resident((await an_actor()).id, limit=5) == []
    # What a clerk scanned for one is not handed in for another.
    other, _ = await take_in(counter.clerk, name="赵六", id_number="440524188001010014")
    assert await counter.refusal(person_id=other.id, paper=paper) == "file_unknown"


async def test_accounts_of_the_person_are_told_which_window_it_was(counter: Counter) -> None:
    account = await counter.account()

    case_id = await counter.file()

    message = await Message.get(case_id=case_id, resident_id=account.id)
    assert message.kind == "case.submit_at_window"
    assert counter.clerk.posts[0].unit_name in message.body


async def test_rivals_file_one_case_for_one_person(counter: Counter) -> None:
    account, near = await counter.account(), await staff((COMMUNITY, Role.CLERK))
    own = [submit(account) for _ in range(RIVALS // 3)]
    windows = [counter.file(by=by) for by in [counter.clerk, near] * (RIVALS // 3)]

    outcomes = await asyncio.gather(*own, *windows, return_exceptions=True)

    refused = [each for each in outcomes if isinstance(each, BaseException)]
    assert [getattr(each, "code", each) for each in refused] == ["case_already_open"] * (RIVALS - 1)
    assert await Case.all().count() == 1
    assert await CaseEvent.all().count() == 1


async def test_what_the_form_says_of_the_applicant_must_be_the_persons(counter: Counter) -> None:
    other = {"applicant": {"name": "赵六", "id_number": "440524188001010014"}}
    agent = {"agent": {"name": "王芳", "relation": "child"}}

    assert await counter.refusal(form=FORM | other) == "form_invalid"
    assert await counter.refusal(form=FORM | other | agent) == "form_invalid"
    assert await Case.all().count() == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consent": Consent(kind=ConsentKind.PAPER)}, "consent_file_missing"),
        ({"consent": Consent(kind=ConsentKind.ORAL, file_id=uuid7())}, "file_unknown"),
        ({"agent": {"name": "王", "relation": "child"}}, "agent_invalid"),
        ({"agent": {"name": "王芳", "relation": "child", "phone": "139"}}, "agent_invalid"),
        ({"agent": {"name": "王芳", "relation": "child", "id_number": "1"}}, "agent_invalid"),
        ({"person_id": uuid7()}, "person_not_found"),
        ({"unit_code": COMMUNITY}, "window_missing"),
        ({"item_code": "SP-XX-999"}, "item_unknown"),
        ({"item_code": "FW-GA-003"}, "item_booked_only"),
        ({"community_code": ELSEWHERE[:9] + "999"}, "community_unknown"),
        ({"form": {}}, "form_invalid"),
    ],
)
async def test_what_cannot_be_filed_is_refused_and_nothing_is_kept(
    counter: Counter, changes: dict[str, Any], code: str
) -> None:
    assert await counter.refusal(**changes) == code
    assert await Case.all().count() == 0
    assert await StoredFile.filter(staff_id=None).count() == 0


async def test_a_consent_of_another_owner_is_refused(counter: Counter) -> None:
    near = await staff((COMMUNITY, Role.CLERK))
    foreign = await counter.scan(by=near)

    consent = Consent(kind=ConsentKind.PAPER, file_id=foreign)
    assert await counter.refusal(consent=consent) == "file_unknown"


async def test_nobody_files_for_themselves_at_their_own_window(counter: Counter) -> None:
    account = await Resident.get(id=(await counter.account()).id)
    await Staff.filter(id=counter.clerk.id).update(openid_hash=account.openid_hash)
    colleague = await staff((ELSEWHERE, Role.CLERK))

    assert await counter.refusal() == "own_case"
    row = Row(
        person=counter.person,
        application=Application(item_code=ITEM, form=FORM, materials=[]),
        consent=Consent(kind=ConsentKind.ORAL),
    )
    with pytest.raises(ServiceError) as refused:
        await batches.check(row, None, unit_code=None, by=counter.clerk, now=NOW)
    assert refused.value.code == "own_case"
    # Nor do they stand there for somebody else, whatever name they say.
    neighbour = (await an_actor()).person_id
    other = id_number(born=date(1960, 1, 1))
    for wrong, said in (
        ("agent.id_number", {"id_number": NUMBER.lower()}),
        ("agent.phone", {"phone": PHONE}),
        ("agent.phone", {"id_number": other, "phone": PHONE}),
    ):
        agent = {"name": "王芳", "relation": "other"} | said
        with pytest.raises(AgentInvalid) as refused:
            await counter.file(person_id=neighbour, agent=agent)
        assert [each.name for each in refused.value.invalid_params] == [wrong]
    assert await Case.all().count() == 0
    assert await counter.file(by=colleague)


async def test_only_clerks_file_and_say_where_where_they_serve_at_several(
    counter: Counter,
) -> None:
    both = await staff((COMMUNITY, Role.CLERK), (ELSEWHERE, Role.CLERK))
    for role in (Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.ADMIN):
        by = await staff((COMMUNITY, role))
        assert await counter.refusal(by=by, paper=uuid7()) == "window_missing"

    assert await counter.refusal(by=both) == "window_unclear"
    case = await queries.one(await counter.file(by=both, unit_code=ELSEWHERE))
    assert case.received_unit_code == ELSEWHERE


async def test_an_account_confirmed_later_reads_what_the_others_were_told(counter: Counter) -> None:
    first, second = await counter.account(), await counter.account()
    case_id = await counter.file()
    later = await counter.account()

    inboxes = [await inbox.list_of_resident(by.id, limit=9) for by in (first, second, later)]

    assert [[each.case_id for each in told] for told in inboxes] == [[case_id]] * 3
    assert inboxes[2] == inboxes[0]
    assert await inbox.unread_of_resident(later.id) == 1
    await marking.read(inboxes[2][0].id, resident_id=later.id, now=clock.now())
    assert await inbox.unread_of_resident(later.id) == 0


async def test_the_window_that_filed_it_follows_it_until_it_is_over(counter: Counter) -> None:
    case_id = await counter.file()
    other = await staff((ELSEWHERE, Role.CLERK))

    async def followed(by: StaffActor) -> list[UUID]:
        seen = scope.Received(scope.windows(by))
        found = await queries.list_of_scope(seen, queries.Filter(), before=None, limit=5)
        return [UUID(case.id) for case in found]

    assert await followed(other) == [case_id]
    assert scope.received(other, await queries.one(case_id))
    for stranger in (await staff((COMMUNITY, Role.CLERK)), await staff((ELSEWHERE, Role.REVIEWER))):
        assert await followed(stranger) == []
    await Case.filter(id=case_id).update(status="closed")
    assert await followed(other) == []
    assert not scope.received(other, await queries.one(case_id))


async def test_what_a_window_booked_for_a_person_is_shown_to_their_account(
    counter: Counter,
) -> None:
    account, stranger = await counter.account(), await an_actor()
    slot = await booking.a_slot(await booking.an_office(), capacity=2)
    booked = await booking.book(slot.id, by=account)
    await Appointment.filter(id=booked.id).update(resident_id=None, booked_by="staff")

    assert [each.id for each in await appointments.list_of_resident(account.id, limit=5)] == [
        booked.id
    ]
    assert (await appointments.one_of_resident(booked.id, account.id)).id == booked.id
    with pytest.raises(ServiceError):
        await appointments.one_of_resident(booked.id, stranger.id)
    await cancelling.cancel(booked.id, by=account, reason=None, now=clock.now())
