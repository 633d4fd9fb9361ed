import asyncio
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend.identity import persons
from backend.identity.identity_check import Claim
from config import clock
from models import Assurance, Ground, Person, Resident
from tests.accounts import a_person, an_account
from tests.backend.identity.factories import ID_NUMBER

RIVALS = 12


async def prove(name: str, *, ground: Ground = Ground.IDENTITY_CHECK) -> UUID:
    async with in_transaction():
        return await persons.keep(Claim(name, ID_NUMBER), ground=ground, now=clock.now())


async def test_rivals_who_prove_one_number_make_one_person(database: None) -> None:
    for _ in range(3):
        made = await asyncio.gather(*(prove("张三") for _ in range(RIVALS)))

        person = await Person.get()
        assert set(made) == {person.id}
        assert persons.name_of(person) == "张三"
        await Person.all().delete()


async def test_the_latest_proof_says_the_name_and_what_it_rests_on(database: None) -> None:
    first = await prove("张三")
    second = await prove("张珊", ground=Ground.ID_CARD)

    person = await Person.get()
    assert first == second == person.id
    assert (persons.name_of(person), person.checked) == ("张珊", Ground.ID_CARD)
    assert person.created_at < person.checked_at


@pytest.mark.parametrize("assurance", [Assurance.WECHAT, Assurance.PHONE])
async def test_only_who_is_known_by_real_name_is_a_person(
    database: None, assurance: Assurance
) -> None:
    person = await a_person()
    known = await an_account(assurance=Assurance.REAL_NAME)

    with pytest.raises(IntegrityError):
        await an_account(assurance=assurance, person_id=person.id)
    with pytest.raises(IntegrityError):
        await Resident.filter(id=known.id).update(person_id=None)
