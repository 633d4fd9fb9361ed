"""Whose name was only stated is known by their account alone again."""

from importlib import import_module

from config import vault
from models import Appointment, Assurance, Case, Resident
from tests import stage
from tests.accounts import an_account
from tests.backend.appointments.factories import a_slot, actor_of, book
from tests.backend.cases.factories import a_case

NUMBER_HASH = "f" * 64


async def test_who_stated_a_name_must_have_it_confirmed(city: None) -> None:
    stated = await an_account(
        person_key=NUMBER_HASH,
        id_number_hash=NUMBER_HASH,
        id_number_sealed=b"x",
        name_sealed=b"x",
        phone_hash=vault.blind("phone", "13800000000"),
        phone_sealed=b"x",
        assurance=Assurance.REAL_NAME,
    )
    known_by_phone = await an_account(assurance=Assurance.PHONE)
    case = await a_case(by=actor_of(stated))
    booking = await book((await a_slot()).id, by=actor_of(stated))
    before = await Resident.get(id=known_by_phone.id).values()

    async with stage.owner() as owner:
        for statement in import_module("models.migrations.0003_identity_check").UNCONFIRMED:
            await owner.execute(statement)

    now = await Resident.get(id=stated.id)
    assert (now.assurance, now.person_key) == (Assurance.PHONE, stated.openid_hash)
    assert (now.name_sealed, now.id_number_sealed, now.id_number_hash) == (None, None, None)
    assert (await Case.get(id=case.id)).person_key == stated.openid_hash
    assert (await Appointment.get(id=booking.id)).person_key == stated.openid_hash
    assert await Resident.get(id=known_by_phone.id).values() == before
