"""Staff's second factor: set it up, give its code after logging in, get new recovery codes."""

from datetime import datetime
from typing import Annotated

import segno
from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from backend.http.views import times
from backend.identity import staff
from backend.identity.second_factor import factors
from backend.identity.second_factor.refusals import (
    SecondFactorLocked,
    SecondFactorMissing,
    SecondFactorNotBegun,
    SecondFactorOff,
    SecondFactorRefused,
    SecondFactorRequired,
)
from backend.identity.second_factor.rules import FactorState
from backend.staff_api.session import StaffMe, staff_view

# Without keys: an answer with a secret is stored nowhere, and what is sent again does no harm.
routes = Routes("staff_second_factor", prefix="/api/v1/staff", guard=Guard.STAFF)


class FactorCode(Body):
    """The code that the app shows."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class GiveFactor(Body):
    """The code that the app shows, or a recovery code however it is typed."""

    code: Annotated[str, Field(min_length=6, max_length=20)]


class FactorStanding(TypedDict):
    """How it stands with my second factor, and what this session owes of it."""

    state: FactorState
    confirmed_at: datetime | None
    recovery_codes_left: int
    locked_until: datetime | None


class FactorBegun(TypedDict):
    """What an authenticator app takes: typed, by link or photographed; shown once."""

    secret: str
    uri: str
    qr_svg: str


class RecoveryCodes(TypedDict):
    """Codes that work once each in the app's place; shown once."""

    recovery_codes: list[str]


@routes.get("/me/second-factor", before_factor=True, unrecorded="shows the one who asks")
async def get_second_factor(call: Call[Nothing, NoQuery]) -> Answer[FactorStanding]:
    """Show how it stands with my second factor."""
    by = await call.staff()
    found = await factors.standing(by.id, now=call.now)
    return Answer(
        {
            "state": by.factor,
            "confirmed_at": times.local(found.confirmed_at),
            "recovery_codes_left": found.recovery_codes_left,
            "locked_until": times.local(found.locked_until),
        }
    )


@routes.post(
    "/me/second-factor",
    keyed=Keyed.NO,
    status=201,
    errors=(SecondFactorOff, SecondFactorRequired),
    before_factor=True,
    unrecorded="takes effect with the code that confirms it",
)
async def begin_second_factor(call: Call[Nothing, NoQuery]) -> Answer[FactorBegun]:
    """Make a new secret for my app; what was there before holds until it is confirmed."""
    by = await call.staff()
    account = await staff.name_of(by.id)
    begun = await factors.begin(by.id, account, owed=by.factor, now=call.now)
    picture = segno.make_qr(begun.uri, error="m").svg_inline(scale=4)
    return Answer({"secret": begun.secret, "uri": begun.uri, "qr_svg": picture}, 201)


@routes.post(
    "/me/second-factor/_confirm",
    keyed=Keyed.NO,
    body=FactorCode,
    errors=(SecondFactorNotBegun, SecondFactorRefused, SecondFactorLocked),
    before_factor=True,
    records=(Act.ENROL_FACTOR, Act.FACTOR_REFUSED),
)
async def confirm_second_factor(call: Call[FactorCode, NoQuery]) -> Answer[RecoveryCodes]:
    """Confirm the new secret by a code of it; every other session owes a code from now on."""
    by = await call.staff()
    async with audit.attempt(Act.FACTOR_REFUSED, by=by.acting):
        codes = await factors.confirm(by.id, by.session_id, call.body.code, now=call.now)
    await audit.record(Act.ENROL_FACTOR, by=by.acting, on=("staff", by.id))
    return Answer({"recovery_codes": codes})


@routes.post(
    "/me/second-factor/recovery-codes",
    keyed=Keyed.NO,
    status=201,
    records=(Act.ENROL_FACTOR,),
)
async def renew_recovery_codes(call: Call[Nothing, NoQuery]) -> Answer[RecoveryCodes]:
    """Make new recovery codes; those of before are void."""
    by = await call.staff()
    codes = await factors.new_recovery_codes(by.id)
    await audit.record(
        Act.ENROL_FACTOR, by=by.acting, on=("staff", by.id), details={"recovery_codes": True}
    )
    return Answer({"recovery_codes": codes}, 201)


@routes.post(
    "/auth/second-factor",
    keyed=Keyed.NO,
    body=GiveFactor,
    errors=(SecondFactorMissing, SecondFactorRefused, SecondFactorLocked),
    before_factor=True,
    records=(Act.GIVE_FACTOR, Act.FACTOR_REFUSED),
)
async def give_second_factor(call: Call[GiveFactor, NoQuery]) -> Answer[StaffMe]:
    """Give the code that this session owes; each code is taken once."""
    by = await call.staff()
    async with audit.attempt(Act.FACTOR_REFUSED, by=by.acting):
        await factors.prove(by.id, by.session_id, call.body.code, now=call.now)
    await audit.record(Act.GIVE_FACTOR, by=by.acting, on=("session", by.session_id))
    return Answer({**await staff_view(by), "second_factor": FactorState.GIVEN})
