import asyncio

import pytest

from backend import real_names
from backend.errors import ServiceError
from backend.identity import profiles, residents
from backend.identity.identity_check.statements import OF_NUMBER
from config import clock, vault
from models import Assurance, Person, Resident
from tests.backend.identity.factories import ID_NUMBER, OTHER_ID_NUMBER, a_resident
from tests.phones import Phones

RIVALS = 8

pytestmark = pytest.mark.usefixtures("phones")


async def set_real_name(resident: Resident, name: str = "张三", number: str = ID_NUMBER) -> None:
    await real_names.confirm(resident.id, name=name, id_number=number, now=clock.now())


async def test_a_phone_number_does_not_lower_the_assurance(phones: Phones) -> None:
    resident = await a_resident(await phones.openid("wang"))
    await set_real_name(resident)

    await residents.set_phone(resident.id, await phones.code("wang", kind="phone"))

    assert (await Resident.get(id=resident.id)).assurance is Assurance.REAL_NAME


async def test_a_real_name_is_sealed_hashed_and_shown_masked() -> None:
    resident = await a_resident()

    await set_real_name(resident, "王小四", " 11010519491231002x ")

    stored = await Person.get(accounts__id=resident.id)
    assert stored.id_number_hash == vault.blind("id_number", ID_NUMBER)
    assert ID_NUMBER.encode() not in stored.id_number_sealed
    assert "王小四".encode() not in stored.name_sealed
    card = await profiles.card(resident.id)
    assert (card["name_masked"], card["id_number_masked"]) == ("王*四", "1****************X")
    assert card["assurance"] is Assurance.REAL_NAME
    known = await profiles.profile(resident.id)
    assert (known["name"], known["id_number"]) == ("王小四", ID_NUMBER)


async def test_of_accounts_that_confirm_one_number_all_are_one_persons() -> None:
    accounts = [await a_resident() for _ in range(OF_NUMBER)]

    await asyncio.gather(*(set_real_name(account) for account in accounts))

    person = await Person.get()
    assert await Resident.filter(person_id=person.id).count() == OF_NUMBER
    for account in accounts:
        known = await profiles.profile(account.id)
        assert (known["name"], known["id_number"]) == ("张三", ID_NUMBER)


async def test_a_name_that_changed_is_the_persons_in_all_accounts(phones: Phones) -> None:
    mine, other = await a_resident(), await a_resident()
    await set_real_name(mine, "张三")
    await phones.person("张珊", ID_NUMBER)

    await set_real_name(other, "张珊")

    for account in (mine, other):
        assert (await profiles.profile(account.id))["name"] == "张珊"


async def test_the_id_number_stays_but_the_name_may_change(phones: Phones) -> None:
    resident = await a_resident()
    await set_real_name(resident, "张三")

    await phones.person("张珊", ID_NUMBER)
    await set_real_name(resident, "张珊")
    with pytest.raises(ServiceError) as refused:
        await set_real_name(resident, "张珊", OTHER_ID_NUMBER)

    assert refused.value.code == "real_name_fixed"
    known = await profiles.profile(resident.id)
    assert (known["name"], known["id_number"]) == ("张珊", ID_NUMBER)


async def test_of_rivals_with_different_numbers_one_number_stays() -> None:
    resident = await a_resident()
    numbers = [ID_NUMBER, OTHER_ID_NUMBER] * (RIVALS // 2)

    answers = await asyncio.gather(
        *(set_real_name(resident, "张三", number) for number in numbers), return_exceptions=True
    )

    kept = {n for n, answer in zip(numbers, answers, strict=True) if answer is None}
    refused = {a.code if isinstance(a, ServiceError) else a for a in answers if a is not None}
    assert kept == {(await profiles.profile(resident.id))["id_number"]}
    # A rival that finds its own claim being asked is told so; which ones do is a matter of time.
    assert "real_name_fixed" in refused
    assert refused <= {"real_name_fixed", "idempotency_key_in_flight"}


@pytest.mark.parametrize(
    ("name", "number", "code", "fields"),
    [
        ("张三", "110105194912310021", "id_number_invalid", ["id_number"]),
        ("张3", ID_NUMBER, "name_invalid", ["name"]),
        ("", "", "id_number_invalid", ["id_number", "name"]),
    ],
)
async def test_what_cannot_be_a_real_name_is_refused_field_by_field(
    name: str, number: str, code: str, fields: list[str]
) -> None:
    resident = await a_resident()

    with pytest.raises(ServiceError) as refused:
        await set_real_name(resident, name, number)

    assert (refused.value.kind, refused.value.code) == ("invalid", code)
    assert [param.name for param in refused.value.invalid_params] == fields
    assert (await Resident.get(id=resident.id)).assurance is Assurance.WECHAT
