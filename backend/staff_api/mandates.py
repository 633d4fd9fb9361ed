"""Mandates at a window: made of a signed paper or a guardian's document, shown, and ended."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.audit.purposes import AccessPurpose
from backend.files.refusals import FileNotFound, FileUnknown
from backend.http.answers import Answer
from backend.http.body import Body, Query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from backend.http.views.mandates import MandateView, mandate_view
from backend.mandates.refusals import (
    GuardianProofUnfit,
    MandateAgentUnclear,
    MandateAgentUnderage,
    MandateAlreadyHeld,
    MandateItemUnknown,
    MandateNotFound,
    MandateSignerUnderage,
    MandateToOneself,
    MandateUnitUnknown,
    MandateUntilInvalid,
    OwnMandate,
    TooManyMandates,
)
from backend.staff_api import files
from backend.staff_api.files import LinkedStaffFile
from backend.window import mandates, posts
from backend.window.mandates import Signed
from backend.window.refusals import (
    MandatePurposeMissing,
    PersonNotFound,
    WindowMissing,
    WindowUnclear,
)
from models import Basis, GuardianProof, Right

routes = Routes("staff_mandates", prefix="/api/v1/staff", guard=Guard.STAFF)

UnitCode = Annotated[str, Field(min_length=1, max_length=24)]
Code = Annotated[str, Field(min_length=1, max_length=50)]
BodyId = Annotated[UUID, Field(strict=False)]


class MakeMandate(Body):
    """What is on the paper that was signed, or what the guardian showed, with its photo."""

    principal_id: BodyId
    agent_id: BodyId | None = None
    agent_unit_code: UnitCode | None = None
    items: Annotated[list[Code], Field(min_length=1, max_length=50)] | Literal["all"]
    rights: Annotated[list[Annotated[Right, Field(strict=False)]], Field(min_length=1)]
    until: Annotated[date, Field(strict=False)] | None = None
    basis: Literal["paper", "guardian"]
    proof: Annotated[GuardianProof, Field(strict=False)] | None = None
    file_id: BodyId
    unit_code: UnitCode | None = None


class RevokeMandate(Body):
    """At which window of mine."""

    unit_code: UnitCode | None = None


class MandatePhoto(Query):
    """Why, at another window than where it was made or which it is given to."""

    purpose: Annotated[AccessPurpose | None, Field(strict=False)] = None


class PersonMandates(TypedDict):
    """Those that the person gave and those that they hold, ended ones too, the newest first."""

    given: list[MandateView]
    held: list[MandateView]


async def _again(call: Call[MakeMandate, NoQuery]) -> None:
    """The first answer names both sides once more, masked: that is looking at them."""
    by = await call.staff()
    window = posts.window(by, call.body.unit_code)
    await audit.record(
        Act.LIST_MANDATES,
        by=by.acting,
        on=("person", call.body.principal_id),
        details={"repeated": True, "unit": window.unit_code, "role": window.role},
    )


@routes.post(
    "/mandates",
    body=MakeMandate,
    status=201,
    key_required=True,
    errors=(
        WindowMissing,
        WindowUnclear,
        PersonNotFound,
        OwnMandate,
        FileUnknown,
        MandateAgentUnclear,
        MandateAgentUnderage,
        MandateAlreadyHeld,
        MandateToOneself,
        MandateUnitUnknown,
        MandateItemUnknown,
        MandateUntilInvalid,
        MandateSignerUnderage,
        GuardianProofUnfit,
        TooManyMandates,
    ),
    records=(Act.GIVE_MANDATE, Act.LIST_MANDATES),
    again=_again,
)
async def make_mandate(call: Call[MakeMandate, NoQuery]) -> Answer[MandateView]:
    """Make the mandate that somebody signed at my window, or of the guardian who stands there."""
    asked = call.body
    made = await mandates.make(
        Signed(
            principal_id=asked.principal_id,
            agent_id=asked.agent_id,
            agent_unit_code=asked.agent_unit_code,
            basis=Basis(asked.basis),
            proof=asked.proof,
            file_id=asked.file_id,
            items=None if asked.items == "all" else asked.items,
            rights=asked.rights,
            until=asked.until,
        ),
        unit_code=asked.unit_code,
        by=await call.staff(),
        now=call.now,
    )
    return Answer(mandate_view(made, call.now), 201)


@routes.get(
    "/persons/<person_id:uuid>/mandates",
    errors=(WindowMissing, PersonNotFound),
    records=(Act.LIST_MANDATES,),
)
async def list_person_mandates(
    call: Call[Nothing, NoQuery], person_id: UUID
) -> Answer[PersonMandates]:
    """List the mandates that a person gave and that they hold."""
    given, held = await mandates.of_person(person_id, by=await call.staff())
    return Answer(
        {
            "given": [mandate_view(each, call.now) for each in given],
            "held": [mandate_view(each, call.now) for each in held],
        }
    )


# not keyed: repeated it changes nothing, and is recorded again
@routes.post(
    "/mandates/<mandate_id:uuid>/revoke",
    body=RevokeMandate,
    keyed=Keyed.NO,
    errors=(WindowMissing, WindowUnclear, MandateNotFound),
    records=(Act.REVOKE_MANDATE,),
)
async def revoke_at_window(
    call: Call[RevokeMandate, NoQuery], mandate_id: UUID
) -> Answer[MandateView]:
    """End a mandate for whoever of its sides stands at my window; from this moment."""
    ended = await mandates.revoke(
        mandate_id, unit_code=call.body.unit_code, by=await call.staff(), now=call.now
    )
    return Answer(mandate_view(ended, call.now))


@routes.get(
    "/mandates/<mandate_id:uuid>/file",
    query=MandatePhoto,
    errors=(WindowMissing, MandateNotFound, MandatePurposeMissing, FileNotFound),
    records=(Act.LINK_FILE,),
)
async def get_mandate_file(
    call: Call[Nothing, MandatePhoto], mandate_id: UUID
) -> Answer[LinkedStaffFile]:
    """Show the photo of what was signed or shown, with a link to open it."""
    by = await call.staff()
    found = await mandates.photo(mandate_id, by=by, purpose=call.query.purpose)
    return Answer(files.linked(found, by.acting, call.now))
