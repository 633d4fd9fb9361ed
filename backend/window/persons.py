"""Persons at a window: found by what they say, or taken in after their card was seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act
from backend.audit.purposes import AccessPurpose
from backend.cases.record.filing import new
from backend.identity import id_number as id_numbers
from backend.identity import identity_check, names, persons, phones
from backend.identity.actors import PostView, StaffActor
from backend.identity.identity_check import Asker, Claim, Confirmed
from backend.identity.identity_check.refusals import IdentityMismatch, IdentityQuotaExceeded
from backend.identity.persons import Reach
from backend.identity.profiles import Profile
from backend.identity.refusals import PersonDiffers
from backend.organisation import queries as organisation
from backend.window import posts, statements
from backend.window.refusals import (
    PersonNotFound,
    PersonSearchUnclear,
    PhoneInvalid,
    WindowChecksUsedUp,
)
from config import vault
from config.clock import city_day
from config.database import connection
from config.settings import settings
from config.vault import sealed
from models import Ground

MOST = 20
Way = Literal["id_number", "phone", "name_birth"]
_STATEMENTS = {
    "id_number": statements.BY_NUMBER,
    "phone": statements.BY_PHONE,
    "name_birth": statements.BY_NAME_AND_BIRTH,
}


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Whom a window looks for, one way or another; never shown in a repr."""

    id_number: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)

    def hashed(self, today: date) -> tuple[Way, str]:
        """Which way, and what is compared; PersonSearchUnclear for none, for two, for a half."""
        by_name = self.name is not None or self.birth_date is not None
        given = [self.id_number is not None, self.phone is not None, by_name]
        if given.count(True) != 1:
            raise PersonSearchUnclear("body", "须给出且只给出一种查找方式")
        if self.id_number is not None:
            number = id_numbers.canonical(self.id_number)
            if fault := id_numbers.fault(number, today=today):
                raise PersonSearchUnclear("id_number", fault)
            return "id_number", vault.blind("id_number", number)
        if self.phone is not None:
            if not phones.is_mobile(self.phone.strip()):
                raise PersonSearchUnclear("phone", PhoneInvalid.sentence)
            return "phone", vault.blind("phone", self.phone.strip())
        if self.name is None or self.birth_date is None:
            missing = "name" if self.name is None else "birth_date"
            raise PersonSearchUnclear(missing, "姓名和出生日期须一并给出")
        name = names.canonical(self.name)
        return "name_birth", persons.name_birth_hash(name, self.birth_date)


class Found(NamedTuple):
    """A person as a window knows them, in clear; what is shown of it is masked."""

    id: UUID
    profile: Profile
    accounts: int
    open_cases: int
    works: bool


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Who stands at the window, and which document was seen."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    reach: Reach
    ground: Ground


async def find(
    sought: Sought, *, by: StaffActor, purpose: AccessPurpose, words: str | None, now: datetime
) -> list[Found]:
    """Those whom just this is true of, wherever in the city; recorded before it is answered.

    For clerks alone: WindowMissing. PersonSearchUnclear for what names nobody.
    """
    window = posts.windows(by)[0]
    way, hashed = sought.hashed(city_day(now))
    rows = await connection().execute_query_dict(_STATEMENTS[way], [new.OPEN, hashed, MOST])
    accounts = {row["account_id"] for row in rows}
    await audit.record(
        Act.SEARCH_PERSONS,
        by=by.acting,
        resident=accounts.pop() if len(accounts) == 1 else None,
        purpose=purpose,
        details={
            "by": way,
            "person_hash": hashed,
            "persons": [row["id"] for row in rows],
            "unit": window.unit_code,
            "role": window.role,
            "words": words,
        },
    )
    return [_found(row) for row in rows]


async def one(person_id: UUID) -> Found:
    """The person of this id; PersonNotFound. Whoever has the id was shown it by `find`."""
    rows = await connection().execute_query_dict(statements.ONE, [new.OPEN, person_id])
    if not rows:
        raise PersonNotFound
    return _found(rows[0])


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Whose document was seen, with the authority's word where it was asked; see `look`."""

    claim: Claim
    reach: Reach
    ground: Ground
    window: PostView
    confirmed: Confirmed | None


async def take_in(newcomer: Newcomer, *, by: StaffActor, now: datetime) -> tuple[Found, bool]:
    """The person of this number and name, and whether they were made now.

    Raises as `look` and `keep`.
    """
    seen = await look(newcomer, by=by, now=now)
    async with in_transaction():
        return await keep(seen, by=by, now=now)


async def look(newcomer: Newcomer, *, by: StaffActor, now: datetime) -> Seen:
    """What is known of who stands at the window, before anything is written.

    Whom nobody knows yet by just number and name is asked of the identity service, where the city
    has one: IdentityMismatch, PersonDiffers where the number is another's here, IdentityUnavailable
    and WindowChecksUsedUp. Without a service the document that was seen is the ground. Further
    WindowMissing, IdNumberInvalid, NameInvalid, PhoneInvalid and CommunityUnknown.
    """
    window = posts.windows(by)[0]
    claim = persons.claim(newcomer.name, newcomer.id_number, today=city_day(now))
    if newcomer.reach.phone is not None and not phones.is_mobile(newcomer.reach.phone):
        raise PhoneInvalid
    organisation.community(newcomer.reach.community_code, on=city_day(now))
    return Seen(
        claim=claim,
        reach=newcomer.reach,
        ground=newcomer.ground,
        window=window,
        confirmed=await _confirmed(claim, by=by, now=now),
    )


async def keep(seen: Seen, *, by: StaffActor, now: datetime) -> tuple[Found, bool]:
    """The person, made where there was none, and whether they were; in the caller's transaction.

    PersonDiffers where the number is somebody's of another name.
    """
    kept = await persons.take_in(
        seen.claim,
        seen.reach,
        ground=seen.ground,
        renames=seen.confirmed is not None,
        now=now,
    )
    if seen.confirmed is not None:
        await identity_check.keep(seen.confirmed)
    [row] = await connection().execute_query_dict(statements.ONE, [new.OPEN, kept.id])
    await audit.record(
        Act.TAKE_IN_PERSON,
        by=by.acting,
        on=("person", kept.id),
        details={
            "made": kept.before is None,
            "checked": seen.ground,
            "asked": seen.confirmed is not None,
            "unit": seen.window.unit_code,
            "role": seen.window.role,
        },
    )
    return _found(row), kept.before is None


async def _confirmed(claim: Claim, *, by: StaffActor, now: datetime) -> Confirmed | None:
    """The authority's word on who is not known here by this name; None where it is not asked."""
    known = await persons.known_as(claim)
    if known == claim.name or not settings().identity_url:
        return None
    try:
        return await identity_check.confirm(Asker("staff", by.id), claim, now=now)
    except IdentityQuotaExceeded as full:
        # Its words send residents to a window, where this one is already.
        raise WindowChecksUsedUp(most=full.most, retry_after=full.retry_after or 1) from full
    except IdentityMismatch:
        if known is not None:
            raise PersonDiffers from None
        raise


def _found(row: Mapping[str, Any]) -> Found:
    def clear(column: str) -> str | None:
        return sealed.unseal("person", row["id"], column=column, stored=row[f"{column}_sealed"])

    def told(column: str) -> str | None:
        stored = row[f"account_{column}_sealed"]
        return sealed.unseal("resident", row["account_id"], column=column, stored=stored)

    code = row["community_id"]
    community = organisation.known_or_not(code) if code else None
    return Found(
        id=row["id"],
        profile={
            "name": clear("name"),
            "phone": told("phone") or clear("phone"),
            "id_number": clear("id_number"),
            "address": told("address") or clear("address"),
            "community": {"code": code, "name": community.name} if community else None,
        },
        accounts=row["accounts"],
        open_cases=row["open_cases"],
        works=row["works"],
    )
