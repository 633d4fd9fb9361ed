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
from backend.http.views.mandates import MandateView, mandate_view
from backend.http.views.times import local
from backend.identity.refusals import AssuranceTooLow
from backend.mandates import giving, mandates
from backend.mandates.giving import Terms
from backend.mandates.refusals import (
    GuardianshipEndsAtWindow,
    MandateAgentUnclear,
    MandateAgentUnderage,
    MandateCodeRefused,
    MandateItemUnknown,
    MandateNotFound,
    MandateToOneself,
    MandateUnitUnknown,
    MandateUntilInvalid,
    TooManyMandates,
)
from models import Right

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
        **mandate_view(mandate, call.now),
        "code": code,
        "code_until": local(mandate.code_until),
    }
    return Answer(shown, 201)


@routes.post(
    "/mandates/accept",
    body=AcceptMandate,
    keyed=Keyed.NO,
    limit=Limit.MANDATE_CODES,
    errors=(AssuranceTooLow, MandateCodeRefused, MandateToOneself, MandateAgentUnderage),
    records=(Act.ACCEPT_MANDATE, Act.ACCEPT_REFUSED),
)
async def accept_mandate(call: Call[AcceptMandate, NoQuery]) -> Answer[MandateView]:
    """Accept to act for who told me their code."""
    by = await call.resident()
    async with audit.attempt(Act.ACCEPT_REFUSED, by=by.acting):
        mandate = await giving.accept(call.body.code, by=by, now=call.now)
    return Answer(mandate_view(mandate, call.now))


@routes.get("/me/mandates", unrecorded="a resident's own")
async def list_mandates(call: Call[Nothing, NoQuery]) -> Answer[Mandates]:
    """List the mandates that I gave and that I hold."""
    given, held = await mandates.of_person((await call.resident()).person_id)
    return Answer(
        {
            "given": [mandate_view(each, call.now) for each in given],
            "held": [mandate_view(each, call.now) for each in held],
        }
    )


@routes.post(
    "/me/mandates/<mandate_id:uuid>/revoke",
    errors=(MandateNotFound, GuardianshipEndsAtWindow),
    records=(Act.REVOKE_MANDATE,),
)
async def revoke_mandate(call: Call[Nothing, NoQuery], mandate_id: UUID) -> Answer[MandateView]:
    """End a mandate that I gave or hold; nothing is done with it from this moment."""
    mandate = await giving.revoke(mandate_id, by=await call.resident(), now=call.now)
    return Answer(mandate_view(mandate, call.now))
