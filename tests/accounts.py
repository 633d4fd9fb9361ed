"""Residents as a login makes them, and who they are, for tests that begin later."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from backend.identity import accounts
from config import clock, vault
from config.vault import sealed
from models import Assurance, CheckResult, Ground, IdentityCheck, Person, Resident, uuid7
from sandbox.actors import id_number

# Nobody is born on the same day, so that all numbers differ.
_birthdays = (date(1900, 1, 1) + timedelta(days=number) for number in count())
_given: set[str] = set()


async def an_account(openid: str = "", **values: Any) -> Resident:
    """A stored resident of this WeChat account, or of somebody's, with what else is given.

    Known by real name, it is somebody's of whom nothing is said.
    """
    if values.get("assurance") is Assurance.REAL_NAME:
        values = {"person_id": (await a_person()).id} | values
    account = accounts.new(openid or uuid4().hex, now=clock.now())
    account.update_from_dict(values)
    await account.save(force_create=True)
    if account.person_id:
        await _confirmed(account)
    return account


async def _confirmed(account: Resident) -> None:
    """Keep that the identity service said so."""
    person = await Person.get(id=account.person_id)
    await IdentityCheck.create(
        created_at=person.checked_at,
        resident_id=account.id,
        number_hash=person.id_number_hash,
        claim_hash="",
        result=CheckResult.MATCH,
    )


async def a_person(*, born: date | None = None) -> Person:
    """Somebody who was proven to be this person, born more than eighty years ago or that day."""
    person_id, now = uuid7(), clock.now()
    day = born or next(_birthdays)
    # A number is drawn, and of some born on one day two might draw the same.
    drawn = (id_number(born=day) for _ in count())
    number = next(each for each in drawn if each not in _given)
    _given.add(number)
    return await Person.create(
        id=person_id,
        created_at=now,
        id_number_hash=vault.blind("id_number", number),
        id_number_sealed=sealed.seal("person", person_id, column="id_number", text=number),
        name_sealed=sealed.seal("person", person_id, column="name", text="王秀英"),
        checked=Ground.IDENTITY_CHECK,
        checked_at=now,
    )


def openid_of(resident: Resident) -> str:
    """The WeChat account of a resident who was not erased."""
    return accounts.openid_of(resident.id, resident.openid_sealed) or ""
