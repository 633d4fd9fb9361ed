"""Persons, each known by an ID number that was proven, whoever their accounts are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from backend.errors import InvalidParam
from backend.identity import id_number as id_numbers
from backend.identity import names, statements
from backend.identity.identity_check import Claim
from backend.identity.refusals import IdNumberInvalid, NameInvalid, PersonDiffers
from config import vault
from config.database import connection
from config.vault import sealed
from models import Ground, Person, uuid7
from notifications.telling import recipients
from notifications.telling.recipients import Applicant

AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Where a person without an account lives and is reached; never shown in a repr."""

    community_code: str
    phone: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)


class Kept(NamedTuple):
    """Which person it is, and under which name they were known; None where there was none."""

    id: UUID
    before: str | None


def claim(name: str, id_number: str, *, today: date) -> Claim:
    """Both in the spelling that is kept; IdNumberInvalid or NameInvalid if they can't be true."""
    claimed = Claim(names.canonical(name), id_numbers.canonical(id_number))
    number_fault = id_numbers.fault(claimed.number, today=today)
    name_fault = names.fault(claimed.name)
    wrong_name = [InvalidParam("name", NameInvalid.code, name_fault)] if name_fault else []
    if number_fault:
        wrong_number = InvalidParam("id_number", IdNumberInvalid.code, number_fault)
        raise IdNumberInvalid(number_fault, invalid_params=[wrong_number, *wrong_name])
    if name_fault:
        raise NameInvalid(name_fault, invalid_params=wrong_name)
    return claimed


async def keep(claimed: Claim, *, ground: Ground, now: datetime) -> UUID:
    """The person of a number that was just proven, made where there is none; takes the name.

    Locks the person until the transaction ends, in which alone it is to be called.
    """
    return (await _kept(claimed, ground, now)).id


async def take_in(
    claimed: Claim, reach: Reach, *, ground: Ground, renames: bool, now: datetime
) -> Kept:
    """The same for whom a window has before it; of who has no account it keeps how to reach them.

    PersonDiffers, to be raised through the transaction, where the number is somebody's of another
    name, unless the authority `renames` them.
    """
    kept = await _kept(claimed, ground, now)
    if not renames and kept.before not in {None, claimed.name}:
        raise PersonDiffers
    phone, address = reach.phone, reach.address
    given = [
        kept.id,
        phone and sealed.seal("person", kept.id, column="phone", text=phone),
        phone and vault.blind("phone", phone),
        reach.community_code,
        address and sealed.seal("person", kept.id, column="address", text=address),
    ]
    await connection().execute_query(statements.REACH_PERSON, given)
    return kept


async def _kept(claimed: Claim, ground: Ground, now: datetime) -> Kept:
    made = uuid7()
    number = sealed.seal("person", made, column="id_number", text=claimed.number)
    found_by = name_birth_hash(claimed.name, id_numbers.birth_date(claimed.number))
    proven = [made, claimed.number_hash, number, _sealed_name(made, claimed), ground, now, found_by]
    rows = await connection().execute_query_dict(statements.KEEP_PERSON, proven)
    person_id: UUID = rows[0]["id"]
    if person_id == made:
        return Kept(made, None)
    before = _name(person_id, rows[0]["name_sealed"])
    # A seal is bound to its row, which was not known before.
    named = [person_id, _sealed_name(person_id, claimed), found_by]
    await connection().execute_query(statements.NAME_PERSON, named)
    return Kept(person_id, before)


async def known_as(claimed: Claim) -> str | None:
    """The name of the person with this number; None where there is no such person."""
    person = await Person.get_or_none(id_number_hash=claimed.number_hash)
    return name_of(person) if person else None


async def of_number(number: str) -> UUID | None:
    """The id of the person with this number, in the spelling that is kept; None without one."""
    found = await Person.get_or_none(id_number_hash=vault.blind("id_number", number))
    return found.id if found else None


async def accounts(person_id: UUID) -> tuple[UUID, ...]:
    """The accounts that the person has by now, the newest last."""
    rows = await connection().execute_query_dict(statements.ACCOUNTS, [person_id])
    return tuple(row["id"] for row in rows)


async def inboxes(person_id: UUID) -> list[Applicant]:
    """Where the person is told: in each account; where there is none, as who may have one later."""
    found = [recipients.Resident(account) for account in await accounts(person_id)]
    return [*found] or [recipients.Person(person_id)]


async def index() -> int:
    """Have persons of before they were found by name and birth date be found so; how many."""
    done = 0
    while rows := await connection().execute_query_dict(statements.UNNAMED, [AT_ONCE]):
        for row in rows:
            await connection().execute_query(statements.SAY_NAME, _found_by(row))
        done += len(rows)
    return done


def _found_by(row: Mapping[str, Any]) -> list[object]:
    number = sealed.unseal("person", row["id"], column="id_number", stored=row["id_number_sealed"])
    name, born = _name(row["id"], row["name_sealed"]), id_numbers.birth_date(number or "")
    return [row["id"], name_birth_hash(name or "", born)]


def name_birth_hash(name: str, born: date | None) -> str:
    """By which those of one name (canonical) and birth date are found; of neither alone."""
    return vault.blind("name_birth", f"{born} {name}")


def name_of(person: Person) -> str | None:
    """The name as it was proven."""
    return _name(person.id, person.name_sealed)


def _name(person_id: UUID, stored: bytes) -> str | None:
    return sealed.unseal("person", person_id, column="name", stored=stored)


def _sealed_name(person_id: UUID, claimed: Claim) -> bytes:
    return sealed.seal("person", person_id, column="name", text=claimed.name)
