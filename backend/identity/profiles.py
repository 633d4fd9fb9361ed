"""What is known of a resident: in clear for their own forms, masked for everything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict

from backend.identity import masks, statements
from backend.identity.refusals import AssuranceTooLow, SessionEnded
from config import ids
from config.clock import CITY_TIME
from config.database import connection
from config.vault import sealed
from models import Assurance


class CommunityView(TypedDict):
    """The community the resident lives in."""

    code: str
    name: str


class Profile(TypedDict):
    """In clear, to fill in the resident's own form; None for what we don't know."""

    name: str | None
    phone: str | None
    id_number: str | None
    address: str | None
    community: CommunityView | None


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, as the database has them now; `person_id` where their name was confirmed.

    Who stands at a window applies as a person, with no account. `works` where an account of theirs
    is one that a member of staff works with.
    """

    account: UUID | None
    assurance: Assurance
    person_id: UUID | None
    profile: Profile
    works: bool


_SURER_BY = {Assurance.REAL_NAME: "完成实名认证", Assurance.PHONE: "绑定手机号"}


class Masked(TypedDict):
    """Who somebody is, masked; `assurance` is how surely we know them."""

    assurance: Assurance
    name_masked: str | None
    phone_masked: str | None
    id_number_masked: str | None


class ResidentView(TypedDict):
    """The resident, masked; `assurance` is how surely we know them."""

    id: UUID
    assurance: Assurance
    name_masked: str | None
    phone_masked: str | None
    id_number_masked: str | None
    community: CommunityView | None
    created_at: datetime


async def profile(resident_id: UUID) -> Profile:
    """All we know of the resident, in clear: never for another's eyes."""
    return _profile(await _resident(resident_id))


def check_assurance(applicant: Applicant, needed: Assurance, *, what: str) -> None:
    """AssuranceTooLow where we are less sure of the applicant than `what` needs."""
    order = list(Assurance)
    if order.index(applicant.assurance) < order.index(needed):
        raise AssuranceTooLow(f"办理“{what}”需要先{_SURER_BY[needed]}")


async def applicant(resident_id: UUID) -> Applicant:
    """All that an application needs to know of the resident, in one reading."""
    row = await _resident(resident_id)
    return Applicant(
        account=row["id"],
        assurance=Assurance(row["assurance"]),
        person_id=row["person_id"],
        profile=_profile(row),
        works=row["works"],
    )


async def principal(person_id: UUID) -> Applicant:
    """The same of a person whom others apply for, and who was seen or proven, with no account."""
    (row,) = await connection().execute_query_dict(statements.PROFILE_OF_PERSON, [person_id])
    known_as = _profile(row)
    given = sealed.unseal("person", person_id, column="phone", stored=row["person_phone_sealed"])
    return Applicant(
        account=None,
        assurance=Assurance.REAL_NAME,
        person_id=person_id,
        profile={**known_as, "phone": known_as["phone"] or given},
        works=row["works"],
    )


async def card(resident_id: UUID) -> ResidentView:
    """What the API shows of the resident."""
    resident = await _resident(resident_id)
    known = _profile(resident)
    return {
        "id": resident["id"],
        "assurance": Assurance(resident["assurance"]),
        "name_masked": known["name"] and masks.mask("name", known["name"]),
        "phone_masked": known["phone"] and masks.mask("phone", known["phone"]),
        "id_number_masked": known["id_number"] and masks.mask("id_number", known["id_number"]),
        "community": known["community"],
        "created_at": resident["created_at"].astimezone(CITY_TIME),
    }


class Known(TypedDict):
    """Who applies, in clear."""

    assurance: Assurance
    name: str | None
    phone: str | None
    id_number: str | None


async def masked(account: UUID | None, person: UUID | None) -> Masked:
    """Who applies, by their account or as a person without one; a person known is shown as such.

    The phone is that of this account, or where others applied that of the person's newest; else the
    one that the person gave at a window.
    """
    return (await all_masked([(account, person)]))[0]


async def all_masked(whose: Sequence[tuple[UUID | None, UUID | None]]) -> list[Masked]:
    """The same of many, by account and person each, in their order."""
    accounts, persons = [account for account, _ in whose], [person for _, person in whose]
    rows = await connection().execute_query_dict(statements.APPLICANTS, [accounts, persons])
    return [_masked(row) for row in rows]


def name_masked(person: UUID | str | None, stored: bytes | str | None) -> str | None:
    """The masked name of a person, as it is stored; that may be hexadecimal, as in JSON."""
    if person is None or stored is None:
        return None
    sealed_name = bytes.fromhex(stored) if isinstance(stored, str) else stored
    owner = ids.made(person) if isinstance(person, str) else person
    name = sealed.unseal("person", owner, column="name", stored=sealed_name)
    return name and masks.mask("name", name)


async def known(account: UUID | None, person: UUID | None) -> Known:
    """The same in clear: for what is written to the applicant, or once the look is recorded."""
    (row,) = await connection().execute_query_dict(statements.APPLICANTS, [[account], [person]])
    return _known(row)


def _masked(row: Mapping[str, Any]) -> Masked:
    clear = _known(row)
    name, phone, number = clear["name"], clear["phone"], clear["id_number"]
    return {
        "assurance": clear["assurance"],
        "name_masked": name and masks.mask("name", name),
        "phone_masked": phone and masks.mask("phone", phone),
        "id_number_masked": number and masks.mask("id_number", number),
    }


def _known(row: Mapping[str, Any]) -> Known:
    owner = row["person_id"]
    phone = sealed.unseal(
        "resident", row["id"], column="phone", stored=row["phone_sealed"]
    ) or sealed.unseal("person", owner, column="phone", stored=row["person_phone_sealed"])
    number = sealed.unseal("person", owner, column="id_number", stored=row["id_number_sealed"])
    return {
        "assurance": Assurance.REAL_NAME if owner else Assurance(row["assurance"]),
        "name": sealed.unseal("person", owner, column="name", stored=row["name_sealed"]),
        "phone": phone,
        "id_number": number,
    }


async def _resident(resident_id: UUID) -> Mapping[str, Any]:
    rows = await connection().execute_query_dict(statements.PROFILE, [resident_id])
    if not rows:
        raise SessionEnded
    row: Mapping[str, Any] = rows[0]
    return row


def _profile(row: Mapping[str, Any]) -> Profile:
    def clear(table: str, column: str) -> str | None:
        stored = row[f"{column}_sealed"]
        owner = row["person_id"] if table == "person" else row["id"]
        return sealed.unseal(table, owner, column=column, stored=stored)

    code, person = row["community_id"], row["person_id"]
    given = sealed.unseal("person", person, column="address", stored=row["person_address_sealed"])
    return {
        "name": clear("person", "name"),
        "phone": clear("resident", "phone"),
        "id_number": clear("person", "id_number"),
        "address": clear("resident", "address") or given,
        "community": {"code": code, "name": row["community_name"]} if code else None,
    }
