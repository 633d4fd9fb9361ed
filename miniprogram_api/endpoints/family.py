"""Family copies: who is told when something of mine goes on, and of whom I am told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.http.views.times import local
from backend.identity.refusals import AssuranceTooLow
from backend.messages import family
from backend.messages.family import FamilyCopy, FamilyState
from backend.messages.refusals import (
    FamilyCodeRefused,
    FamilyCopyNotFound,
    FamilyIsOneself,
    FamilyTooMany,
)
from models import FamilySide

# Without keys, but for ending: a code is stored nowhere, and a try that counts is not undone.
routes = Routes("resident_family", prefix="/api/v1", guard=Guard.RESIDENT)


class NameRelative(Body):
    """Whose phone it is that is told."""

    phone: Annotated[str, Field(pattern=r"^1[0-9]{10}$")]


class AcceptFamily(Body):
    """The code that my family member told me."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class FamilyCopyView(TypedDict):
    """Whose matters, and who is told; names are masked, null of who has not confirmed theirs."""

    id: UUID
    state: FamilyState
    principal_masked: str | None
    relative_masked: str | None
    created_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    ended_by: FamilySide | None


class FamilyNamed(FamilyCopyView):
    """The same with the code for the other, shown once."""

    code: str
    code_until: datetime


class Family(TypedDict):
    """Whom I named, and of whom I am told, ended ones too, the newest first."""

    named: list[FamilyCopyView]
    followed: list[FamilyCopyView]


@routes.post(
    "/me/family",
    body=NameRelative,
    status=201,
    keyed=Keyed.NO,
    errors=(FamilyIsOneself, FamilyTooMany),
    records=(Act.NAME_RELATIVE,),
)
async def name_relative(call: Call[NameRelative, NoQuery]) -> Answer[FamilyNamed]:
    """Name a family member who is told when something of mine goes on."""
    found, code = await family.name(call.body.phone, by=await call.resident(), now=call.now)
    shown: FamilyNamed = {
        **_view(found, call.now),
        "code": code,
        "code_until": local(found.code_until),
    }
    return Answer(shown, 201)


@routes.post(
    "/family/accept",
    body=AcceptFamily,
    keyed=Keyed.NO,
    limit=Limit.MANDATE_CODES,
    errors=(AssuranceTooLow, FamilyCodeRefused, FamilyIsOneself),
    records=(Act.ACCEPT_RELATIVE, Act.ACCEPT_REFUSED),
)
async def accept_family(call: Call[AcceptFamily, NoQuery]) -> Answer[FamilyCopyView]:
    """Agree to be told when something of theirs goes on."""
    by = await call.resident()
    async with audit.attempt(Act.ACCEPT_REFUSED, by=by.acting):
        found = await family.accept(call.body.code, by=by, now=call.now)
    return Answer(_view(found, call.now))


@routes.get("/me/family", unrecorded="a resident's own")
async def list_family(call: Call[Nothing, NoQuery]) -> Answer[Family]:
    """List whom I named, and of whom I am told."""
    named, followed = await family.of_account((await call.resident()).id)
    return Answer(
        {
            "named": [_view(each, call.now) for each in named],
            "followed": [_view(each, call.now) for each in followed],
        }
    )


@routes.post(
    "/me/family/<family_id:uuid>/end",
    errors=(FamilyCopyNotFound,),
    records=(Act.END_RELATIVE,),
)
async def end_family(call: Call[Nothing, NoQuery], family_id: UUID) -> Answer[FamilyCopyView]:
    """End it, whichever side I am; nobody is told any more from this moment."""
    found = await family.end(family_id, by=await call.resident(), now=call.now)
    return Answer(_view(found, call.now))


def _view(found: FamilyCopy, now: datetime) -> FamilyCopyView:
    return {
        "id": found.id,
        "state": found.state(now),
        "principal_masked": found.principal_masked,
        "relative_masked": found.relative_masked,
        "created_at": local(found.created_at),
        "accepted_at": local(found.accepted_at),
        "ended_at": local(found.ended_at),
        "ended_by": found.ended_by,
    }
