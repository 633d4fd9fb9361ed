"""What an account filed and booked before its real name was known comes under the person."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from backend import real_names
from backend.cases.acts import submit as submitting
from backend.cases.acts import withdraw
from backend.cases.acts.submit import Application
from backend.cases.reading import queries
from backend.catalogue import queries as catalogue
from backend.errors import Conflict
from backend.identity.actors import ResidentActor
from config import clock
from models import Appointment, Assurance, Case, CaseStatus, Resident
from tests import phones as tapping
from tests import stage
from tests.backend.appointments.factories import a_slot, actor_of, an_item, book, cancel_all, noon
from tests.backend.cases.factories import NOW, a_case, a_file, an_actor
from tests.backend.identity.factories import ID_NUMBER
from tests.filler import fill
from tests.phones import Phones
from tests.waiting import held_up

ITEM = "FW-HJ-001"
RIVALS = 8


@pytest.fixture(autouse=True)
async def phones(city: None) -> AsyncIterator[Phones]:
    async with tapping.connected() as phones:
        yield phones


async def by_phone() -> ResidentActor:
    return await an_actor(assurance=Assurance.PHONE)


async def confirmed(account: ResidentActor) -> ResidentActor:
    await real_names.confirm(account.id, name="王秀英", id_number=ID_NUMBER, now=clock.now())
    return actor_of(await Resident.get(id=account.id))


async def file(by: ResidentActor) -> bytes:
    item = await catalogue.current(ITEM)
    materials = [(material["code"], await a_file(by)) for material in item.materials]
    return await submitting.submit(
        Application(item_code=ITEM, form=fill(item.form), materials=materials),
        resident_id=by.id,
        now=NOW,
        once=None,
        render=lambda case: str(case.id).encode(),
    )


async def open_of(by: ResidentActor) -> int:
    return await Case.filter(subject_id=by.person_id, status=CaseStatus.SUBMITTED).count()


async def test_a_case_of_before_is_the_persons_open_one(city: None) -> None:
    early, other = await by_phone(), await confirmed(await by_phone())
    case = (await file(early)).decode()

    early = await confirmed(early)

    with pytest.raises(Conflict) as refused:
        await file(other)
    assert refused.value.code == "case_already_open"
    shown = await queries.list_of_resident(other.id, status=None, before=None, limit=5)
    assert [str(each.id) for each in shown] == [case]
    assert await open_of(early) == 1


async def test_of_two_open_cases_of_before_the_second_stays_the_accounts(city: None) -> None:
    early, other = await by_phone(), await confirmed(await by_phone())
    closed = await a_case(CaseStatus.CLOSED, by=early)
    await file(early)
    await file(other)

    early = await confirmed(early)

    assert await open_of(other) == 1
    assert await Case.filter(resident_id=early.id, subject_id=None).count() == 1
    assert (await Case.get(id=closed.id)).subject_id == other.person_id


@pytest.mark.parametrize("which", ["the account's", "the person's"])
async def test_what_stayed_the_accounts_is_the_persons_once_one_has_ended(
    which: str, city: None
) -> None:
    early, other = await by_phone(), await confirmed(await by_phone())
    left, persons = UUID((await file(early)).decode()), UUID((await file(other)).decode())
    early = await confirmed(early)

    ended, by = (left, early) if which == "the account's" else (persons, other)
    await withdraw.withdraw(ended, by=by, now=NOW, reason=None)

    assert (await Case.get(id=left)).subject_id == other.person_id
    shown = await queries.list_of_resident(other.id, status=None, before=None, limit=5)
    assert {str(each.id) for each in shown} == {str(left), str(persons)}


async def test_rivals_who_file_while_the_persons_case_ends_leave_one_open(city: None) -> None:
    early, other = await by_phone(), await confirmed(await by_phone())
    left, persons = UUID((await file(early)).decode()), UUID((await file(other)).decode())
    await confirmed(early)

    said = await asyncio.gather(
        withdraw.withdraw(persons, by=other, now=NOW, reason=None),
        *(file(other) for _ in range(RIVALS)),
        return_exceptions=True,
    )

    assert said[0] is None
    assert all(isinstance(one, bytes | Conflict) for one in said[1:]), said
    assert await open_of(other) == 1
    # Whichever was faster: the new one, or the one that had been left.
    new = [one for one in said[1:] if isinstance(one, bytes)]
    assert len(new) == ((await Case.get(id=left)).subject_id is None)


async def test_bookings_of_before_count_for_all_accounts_of_the_person(city: None) -> None:
    early, other = await by_phone(), await confirmed(await by_phone())
    for day in (1, 2, 3):
        await book((await a_slot(starts_at=noon(days=day))).id, by=early)

    await confirmed(early)

    with pytest.raises(Conflict) as refused:
        await book((await a_slot(starts_at=noon(days=4))).id, by=other)
    assert refused.value.code == "too_many_bookings"


async def test_what_the_person_could_not_have_booked_stays_the_accounts(city: None) -> None:
    early, other = await by_phone(), await confirmed(await by_phone())
    await book((await a_slot(starts_at=noon(days=1))).id, by=other)
    await book((await a_slot(starts_at=noon(days=2))).id, by=other)
    later = noon(days=1) + timedelta(hours=2)
    same_day = await book((await a_slot(starts_at=later)).id, by=early)
    item = (await an_item()).code
    overlapping = await book((await a_slot(starts_at=noon(days=2))).id, by=early, item_code=item)
    apart = await book((await a_slot(starts_at=noon(days=3))).id, by=early)

    await confirmed(early)

    kept = await Appointment.filter(resident_id=early.id, person_id=None).values_list("id")
    assert {kept_id for (kept_id,) in kept} == {same_day.id, overlapping.id}
    assert (await Appointment.get(id=apart.id)).person_id == other.person_id


async def test_rivals_who_file_while_an_account_is_confirmed_leave_one_open_case(
    city: None,
) -> None:
    others = [await confirmed(await by_phone()) for _ in range(2)]
    for _ in range(3):
        early = await by_phone()
        await file(early)

        answers = await asyncio.gather(
            confirmed(early),
            *(file(others[rival % 2]) for rival in range(RIVALS)),
            return_exceptions=True,
        )

        assert all(isinstance(each, bytes | Conflict | ResidentActor) for each in answers)
        assert isinstance(answers[0], ResidentActor)
        assert await open_of(others[0]) == 1
        await Case.all().update(status=CaseStatus.WITHDRAWN)


async def test_a_case_that_another_account_is_just_filing_is_waited_for(city: None) -> None:
    early, other = await by_phone(), await confirmed(await by_phone())
    theirs = UUID((await file(other)).decode())
    await Case.filter(id=theirs).update(status=CaseStatus.WITHDRAWN)
    await file(early)

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await rival.execute("""UPDATE "case" SET status = 'submitted' WHERE id = $1""", theirs)
            confirming = tasks.create_task(confirmed(early))
            await held_up(rival)
        early = await confirming

    assert early.person_id == other.person_id
    assert await open_of(other) == 1
    assert await Case.filter(resident_id=early.id, subject_id=None).count() == 1


async def test_who_acts_on_a_case_meanwhile_tells_the_account_and_waits_for_nobody(
    city: None,
) -> None:
    early = await by_phone()
    case = UUID((await file(early)).decode())

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await rival.execute('SELECT FROM "case" WHERE id = $1 FOR UPDATE', case)
            confirming = tasks.create_task(confirmed(early))
            await held_up(rival)
            # As a message to the account does.
            await rival.execute("SELECT FROM resident WHERE id = $1 FOR KEY SHARE", early.id)
        early = await confirming

    assert (await Case.get(id=case)).subject_id == early.person_id


async def test_rivals_who_book_while_an_account_is_confirmed_get_one_visit(city: None) -> None:
    others = [await confirmed(await by_phone()) for _ in range(2)]
    for day in (1, 2, 3):
        early, slot = await by_phone(), await a_slot(starts_at=noon(days=day), capacity=RIVALS)
        await book(slot.id, by=early)

        answers = await asyncio.gather(
            confirmed(early),
            *(book(slot.id, by=others[rival % 2]) for rival in range(RIVALS)),
            return_exceptions=True,
        )

        assert isinstance(answers[0], ResidentActor)
        refused = [each.code for each in answers if isinstance(each, Conflict)]
        of_person = await Appointment.filter(slot_id=slot.id, person_id=others[0].person_id)
        assert len(of_person) == 1
        assert set(refused) <= {"already_booked"}
        assert len(refused) >= RIVALS - 1
        await cancel_all()
