"""Whoever stands at a window: found, or taken in after their document was seen."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.audit.purposes import AccessPurpose
from backend.errors import ServiceError
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.identity import id_number, masks, persons
from backend.identity.identity_check.refusals import (
    IdentityCheckMissing,
    IdentityMismatch,
    IdentityUnavailable,
)
from backend.identity.persons import Reach
from backend.identity.profiles import CommunityView
from backend.identity.refusals import IdNumberInvalid, NameInvalid, PersonDiffers
from backend.refusals import CommunityUnknown
from backend.window import persons as window
from backend.window import posts
from backend.window.persons import Found, Newcomer, Sought
from backend.window.refusals import (
    PersonSearchUnclear,
    PhoneInvalid,
    WindowChecksUsedUp,
    WindowMissing,
)
from models import Ground

routes = Routes("staff_persons", prefix="/api/v1/staff/persons", guard=Guard.STAFF)

CREATED = 201
Words = Annotated[str, Field(max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
IdNumber = Annotated[str, Field(min_length=1, max_length=50)]
Phone = Annotated[str, Field(min_length=1, max_length=30)]


class FindPersons(Body):
    """Who is looked for, one way of three: ID number, phone, or name and birth date; and why."""

    id_number: IdNumber | None = None
    phone: Phone | None = None
    name: Name | None = None
    birth_date: Annotated[date, Field(strict=False)] | None = None
    purpose: Annotated[AccessPurpose, Field(strict=False)]
    words: Words | None = None


class TakeInPerson(Body):
    """Who stands at the window, as the document says that was seen."""

    name: Name
    id_number: IdNumber
    phone: Phone | None = None
    community_code: Annotated[str, Field(pattern=r"^\d{12}$")]
    address: Annotated[str, Field(max_length=200)] | None = None
    checked: Literal["id_card", "household_register", "other"]


class PersonView(TypedDict):
    """A person, masked; how many accounts they have, and how many cases are open."""

    id: UUID
    name_masked: str | None
    id_number_masked: str | None
    phone_masked: str | None
    community: CommunityView | None
    accounts: int
    open_cases: int


class PersonListing(TypedDict):
    """Whom just this is true of."""

    items: list[PersonView]


# not keyed: to look again is to be recorded again
@routes.post(
    "/_find",
    body=FindPersons,
    keyed=Keyed.NO,
    limit=Limit.PERSONS,
    errors=(WindowMissing, PersonSearchUnclear),
    records=(Act.SEARCH_PERSONS,),
)
async def find_persons(call: Call[FindPersons, NoQuery]) -> Answer[PersonListing]:
    """Find who stands at my window, wherever in the city they live."""
    asked = call.body
    found = await window.find(
        Sought(
            id_number=asked.id_number,
            phone=asked.phone,
            name=asked.name,
            birth_date=asked.birth_date,
        ),
        by=await call.staff(),
        purpose=asked.purpose,
        words=asked.words,
        now=call.now,
    )
    return Answer({"items": [_view(each) for each in found]})


async def _again(call: Call[TakeInPerson, NoQuery]) -> None:
    """The first answer shows the person once more: that is reading it."""
    by = await call.staff()
    post = posts.windows(by)[0]
    person = await persons.of_number(id_number.canonical(call.body.id_number))
    await audit.record(
        Act.TAKE_IN_PERSON,
        by=by.acting,
        on=("person", person) if person else None,
        details={
            "repeated": True,
            "unit": post.unit_code,
            "role": post.role,
        },
    )


async def _refused(call: Call[TakeInPerson, NoQuery], refusal: ServiceError) -> None:
    """That a known number has another name tells of a person: that is asking after them."""
    if not isinstance(refusal, PersonDiffers):
        return
    by = await call.staff()
    post = posts.windows(by)[0]
    person = await persons.of_number(id_number.canonical(call.body.id_number))
    await audit.record(
        Act.TAKE_IN_PERSON,
        by=by.acting,
        on=("person", person) if person else None,
        details={"refused": refusal.code, "unit": post.unit_code, "role": post.role},
    )


@routes.post(
    "",
    body=TakeInPerson,
    status=CREATED,
    also=(200,),
    keyed=Keyed.AFTER,
    key_required=True,
    asks="identity",
    errors=(
        WindowMissing,
        IdNumberInvalid,
        NameInvalid,
        PhoneInvalid,
        CommunityUnknown,
        PersonDiffers,
        IdentityMismatch,
        WindowChecksUsedUp,
        IdentityUnavailable,
        IdentityCheckMissing,
    ),
    records=(Act.TAKE_IN_PERSON,),
    again=_again,
    refused=_refused,
)
async def take_in_person(call: Call[TakeInPerson, NoQuery]) -> Answer[PersonView]:
    """Take in whoever stands at my window, with an account or without; 200 if they are known."""
    found, made = await window.take_in(newcomer(call.body), by=await call.staff(), now=call.now)
    return Answer(_view(found), CREATED if made else 200)


def newcomer(given: TakeInPerson) -> Newcomer:
    """Who was seen, as the window's operations take them."""
    return Newcomer(
        name=given.name,
        id_number=given.id_number,
        reach=Reach(
            community_code=given.community_code, phone=given.phone, address=given.address or None
        ),
        ground=Ground(given.checked),
    )


def _view(found: Found) -> PersonView:
    known = found.profile
    return {
        "id": found.id,
        "name_masked": known["name"] and masks.mask("name", known["name"]),
        "id_number_masked": known["id_number"] and masks.mask("id_number", known["id_number"]),
        "phone_masked": known["phone"] and masks.mask("phone", known["phone"]),
        "community": known["community"],
        "accounts": found.accounts,
        "open_cases": found.open_cases,
    }
