"""A case is shown to the account that filed it and to all accounts of whose right it is."""

from uuid import UUID

import pytest

from backend.cases.acts import withdraw
from backend.cases.reading import queries
from backend.cases.reading.scope import Scope
from backend.cases.rules.refusals import CaseNotFound
from backend.identity.actors import ResidentActor
from backend.messages import operations
from backend.messages import queries as inbox
from backend.messages.refusals import MessageNotFound
from models import Assurance, Case, CaseStatus, FiledBy, Message, Person, Resident, uuid7
from tests.accounts import a_person, an_account
from tests.backend.cases.factories import NOW, a_case, an_actor


async def another_account(of: ResidentActor) -> ResidentActor:
    account = await an_account(assurance=Assurance.REAL_NAME, person_id=of.person_id)
    return ResidentActor(id=account.id, session_id=uuid7(), person_id=of.person_id)


async def listed(by: ResidentActor, *, before: UUID | None = None, limit: int = 20) -> list[UUID]:
    cases = await queries.list_of_resident(by.id, status=None, before=before, limit=limit)
    return [UUID(case.id) for case in cases]


async def test_all_accounts_of_a_person_have_one_list_newest_first(city: None) -> None:
    wang, stranger = await an_actor(), await an_actor()
    other = await another_account(wang)
    filed = [(await a_case(CaseStatus.CLOSED, by=by)).id for by in (wang, other, other, wang)]
    newest_first = filed[::-1]

    for by in (wang, other):
        assert await listed(by) == newest_first
        assert await listed(by, limit=3) == newest_first[:3]
        assert await listed(by, before=newest_first[1], limit=1) == newest_first[2:3]
        for case_id in filed:
            assert (await queries.one_of_resident(case_id, by.id)).id == case_id
    assert await listed(stranger) == []
    with pytest.raises(CaseNotFound):
        await queries.one_of_resident(filed[0], stranger.id)


async def test_a_case_that_is_no_persons_is_shown_to_its_account_alone(city: None) -> None:
    account = await an_actor(assurance=Assurance.PHONE)
    case = await a_case(by=account)
    person = await a_person()
    known = {"assurance": Assurance.REAL_NAME, "person_id": person.id}
    await Resident.filter(id=account.id).update(**known)
    other = await another_account(ResidentActor(account.id, uuid7(), person.id))

    assert await listed(account) == [case.id]
    assert (await queries.one_of_resident(case.id, account.id)).id == case.id
    assert await listed(other) == []
    assert [len(await inbox.list_of_resident(by.id, limit=5)) for by in (account, other)] == [1, 0]


async def test_the_inbox_of_each_account_has_what_concerns_the_persons_cases(city: None) -> None:
    wang, stranger = await an_actor(), await an_actor()
    other = await another_account(wang)
    await a_case(by=wang)

    async def told() -> list[int]:
        inboxes = [await inbox.list_of_resident(by.id, limit=5) for by in (wang, other, stranger)]
        return [len(messages) for messages in inboxes]

    assert await told() == [1, 1, 0]
    assert await inbox.unread_of_resident(other.id) == 1
    # As of a mandate: about no case.
    await Message.all().update(case_id=None)
    assert await told() == [1, 0, 0]
    assert await inbox.unread_of_resident(other.id) == 0
    [message] = await inbox.list_of_resident(wang.id, limit=5)
    with pytest.raises(MessageNotFound):
        await operations.read(message.id, resident_id=other.id, now=NOW)


async def test_another_account_of_the_person_acts_on_the_case(city: None) -> None:
    wang, stranger = await an_actor(), await an_actor()
    case = await a_case(by=wang)

    with pytest.raises(CaseNotFound):
        await withdraw.withdraw(case.id, by=stranger, now=NOW, reason=None)
    await withdraw.withdraw(case.id, by=await another_account(wang), now=NOW, reason=None)

    assert (await Case.get(id=case.id)).status is CaseStatus.WITHDRAWN


async def test_accounts_of_nobody_share_nothing(city: None) -> None:
    one, other = [await an_actor(assurance=Assurance.PHONE) for _ in range(2)]
    case = await a_case(by=one)

    stored = await Case.get(id=case.id)
    assert (stored.subject_id, stored.filed_by, stored.filed_by_id) == (
        None,
        FiledBy.ACCOUNT,
        one.id,
    )
    assert await listed(one) == [case.id]
    assert await listed(other) == []


async def test_staff_find_a_persons_cases_by_number_and_by_the_phone_of_an_account(
    city: None,
) -> None:
    wang, stranger = await an_actor(), await an_actor()
    other = await another_account(wang)
    filed = {(await a_case(CaseStatus.CLOSED, by=by)).id for by in (wang, other)}
    await Resident.filter(id=other.id).update(phone_hash="a phone", phone_sealed=b"x")
    await a_case(by=stranger)
    # As after an erasure: the case alone knows whose it is.
    await Resident.filter(id=wang.id).update(person_id=None, assurance=Assurance.WECHAT)
    person = await Person.get(id=wang.person_id)
    city_unit = "210100000000"
    everywhere = Scope(frozenset(), frozenset({city_unit}), frozenset({city_unit}))

    async def found(person_hash: str) -> set[UUID]:
        wanted = queries.Filter(person_hash=person_hash)
        cases = await queries.list_of_scope(everywhere, wanted, before=None, limit=20)
        return {UUID(case.id) for case in cases}

    assert await found(person.id_number_hash) == filed
    assert len(await found("a phone")) == 1
    assert await found("nobody's") == set()
