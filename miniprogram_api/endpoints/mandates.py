"""Mandates: letting somebody else act for me, acting for somebody, and ending either."""

from datetime import date, datetime
from typing import Annotated, Literal
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
from backend.http.views.cases import UnitView, unit_view
from backend.http.views.times import local
from backend.identity.refusals import AssuranceTooLow
from backend.mandates import giving, mandates
from backend.mandates.giving import Terms
from backend.mandates.mandates import Mandate, MandateState
from backend.mandates.refusals import (
    MandateAgentUnclear,
    MandateCodeRefused,
    MandateItemUnknown,
    MandateNotFound,
    MandateToOneself,
    MandateUnitUnknown,
    MandateUntilInvalid,
    TooManyMandates,
)
from models import Basis, Right

# Without keys, but for revoking: a code is stored nowhere, and a try that counts is not undone.
routes = Routes("resident_mandates", prefix="/api/v1", guard=Guard.RESIDENT)

Code = Annotated[str, Field(min_length=1, max_length=50)]


class GiveMandate(Body):
    """To whom, a phone number or a unit; in which items, with which rights, until which day."""

    agent_phone: Annotated[str, Field(pattern=r"^1[0-9]{10}$")] | None = None
    unit_code: Annotated[str, Field(min_length=1, max_length=24)] | None = None
    items: Annotated[list[Code], Field(min_length=1, max_length=50)] | Literal["all"]
    rights: Annotated[list[Annotated[Right, Field(strict=False)]], Field(min_length=1)]
    until: Annotated[date, Field(strict=False)]


class AcceptMandate(Body):
    """The code that the principal told."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class MandateView(TypedDict):
    """A mandate as both sides see it; the agent is a person or a unit, or has yet to accept."""

    id: UUID
    state: MandateState
    basis: Basis
    items: list[str] | Literal["all"]
    rights: list[Right]
    until: date
    principal_masked: str | None
    agent_masked: str | None
    unit: UnitView | None
    created_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


class MandateGiven(MandateView):
    """The same with the code for the agent, shown once."""

    code: str | None
    code_until: datetime | None


class Mandates(TypedDict):
    """Those that I gave and those that I hold, ended ones too, the newest first."""

    given: list[MandateView]
    held: list[MandateView]


@routes.post(
    "/me/mandates",
    body=GiveMandate,
    status=201,
    keyed=Keyed.NO,
    errors=(
        AssuranceTooLow,
        MandateAgentUnclear,
        MandateUnitUnknown,
        MandateItemUnknown,
        MandateUntilInvalid,
        MandateToOneself,
        TooManyMandates,
    ),
    records=(Act.GIVE_MANDATE,),
)
async def give_mandate(call: Call[GiveMandate, NoQuery]) -> Answer[MandateGiven]:
    """Let somebody, or the clerks of a unit, act for me."""
    asked = call.body
    terms = Terms(
        agent_phone=asked.agent_phone,
        unit_code=asked.unit_code,
        items=None if asked.items == "all" else asked.items,
        rights=asked.rights,
        until=asked.until,
    )
    mandate, code = await giving.give(terms, by=await call.resident(), now=call.now)
    shown: MandateGiven = {
        **_view(mandate, call.now),
        "code": code,
        "code_until": local(mandate.code_until),
    }
    return Answer(shown, 201)


@routes.post(
    "/mandates/accept",
    body=AcceptMandate,
    keyed=Keyed.NO,
    limit=Limit.MANDATE_CODES,
    errors=(AssuranceTooLow, MandateCodeRefused, MandateToOneself),
    records=(Act.ACCEPT_MANDATE, Act.ACCEPT_REFUSED),
)
async def accept_mandate(call: Call[AcceptMandate, NoQuery]) -> Answer[MandateView]:
    """Accept to act for who told me their code."""
    by = await call.resident()
    async with audit.attempt(Act.ACCEPT_REFUSED, by=by.acting):
        mandate = await giving.accept(call.body.code, by=by, now=call.now)
    return Answer(_view(mandate, call.now))


@routes.get("/me/mandates", unrecorded="a resident's own")
async def list_mandates(call: Call[Nothing, NoQuery]) -> Answer[Mandates]:
    """List the mandates that I gave and that I hold."""
    given, held = await mandates.of_person((await call.resident()).person_id)
    return Answer(
        {
            "given": [_view(each, call.now) for each in given],
            "held": [_view(each, call.now) for each in held],
        }
    )


@routes.post(
    "/me/mandates/<mandate_id:uuid>/revoke",
    errors=(MandateNotFound,),
    records=(Act.REVOKE_MANDATE,),
)
async def revoke_mandate(call: Call[Nothing, NoQuery], mandate_id: UUID) -> Answer[MandateView]:
    """End a mandate that I gave or hold; nothing is done with it from this moment."""
    mandate = await giving.revoke(mandate_id, by=await call.resident(), now=call.now)
    return Answer(_view(mandate, call.now))


def _view(mandate: Mandate, now: datetime) -> MandateView:
    return {
        "id": mandate.id,
        "state": mandate.state(now),
        "basis": mandate.basis,
        "items": "all" if mandate.items is None else list(mandate.items),
        "rights": list(mandate.rights),
        "until": mandate.until,
        "principal_masked": mandate.principal_masked,
        "agent_masked": mandate.agent_masked,
        "unit": unit_view(mandate.unit.code) if mandate.unit else None,
        "created_at": local(mandate.created_at),
        "accepted_at": local(mandate.accepted_at),
        "revoked_at": local(mandate.revoked_at),
    }
