"""Persons, each known by an ID number that was proven, whoever their accounts are."""

from datetime import datetime
from uuid import UUID

from backend.identity import statements
from backend.identity.identity_check import Claim
from config.database import connection
from config.vault import sealed
from models import Ground, Person, uuid7


async def keep(claim: Claim, *, ground: Ground, now: datetime) -> UUID:
    """The person of a number that was just proven, made where there is none; takes the name.

    Locks the person until the transaction ends, in which alone it is to be called.
    """
    made = uuid7()
    number = sealed.seal("person", made, column="id_number", text=claim.number)
    proven = [made, claim.number_hash, number, _sealed_name(made, claim), ground, now]
    rows = await connection().execute_query_dict(statements.KEEP_PERSON, proven)
    person_id: UUID = rows[0]["id"]
    if person_id != made:
        # A seal is bound to its row, which was not known before.
        named = [person_id, _sealed_name(person_id, claim)]
        await connection().execute_query(statements.NAME_PERSON, named)
    return person_id


def name_of(person: Person) -> str | None:
    """The name as it was proven."""
    return sealed.unseal("person", person.id, column="name", stored=person.name_sealed)


def _sealed_name(person_id: UUID, claim: Claim) -> bytes:
    return sealed.seal("person", person_id, column="name", text=claim.name)
