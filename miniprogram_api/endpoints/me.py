"""The resident's own account: shown masked, filled in step by step."""

from typing import Annotated

from pydantic import Field

from backend import real_names
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from backend.identity import profiles, residents
from backend.identity.identity_check.refusals import (
    IdentityCheckMissing,
    IdentityMismatch,
    IdentityQuotaExceeded,
    IdentityUnavailable,
)
from backend.identity.profiles import ResidentView
from backend.identity.refusals import (
    IdNumberInvalid,
    NameInvalid,
    PhoneCodeInvalid,
    RealNameFixed,
    WechatUnavailable,
    WechatUserBlocked,
)
from backend.refusals import CommunityUnknown

routes = Routes(
    "resident_me", prefix="/api/v1/me", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


class UpdateMe(Body):
    """Where the resident lives; an address left out stays, an empty one is removed."""

    community_code: Annotated[str, Field(min_length=1, max_length=24)]
    address: Annotated[str, Field(max_length=200)] | None = None


class SetPhone(Body):
    """The code of the getPhoneNumber button, which is another than wx.login's."""

    code: Annotated[str, Field(min_length=1, max_length=256)]


class SetRealName(Body):
    """Name and ID number as on the ID card."""

    name: Annotated[str, Field(max_length=100)]
    id_number: Annotated[str, Field(max_length=50)]


@routes.get("")
async def get_me(call: Call[Nothing, NoQuery]) -> Answer[ResidentView]:
    """Show my account, masked."""
    return Answer(await profiles.card(call.who))


@routes.put("", body=UpdateMe, errors=(CommunityUnknown,))
async def update_me(call: Call[UpdateMe, NoQuery]) -> Answer[ResidentView]:
    """Say where I live."""
    await residents.update_profile(
        call.who,
        community_code=call.body.community_code,
        now=call.now,
        address=call.body.address,
    )
    return Answer(await profiles.card(call.who))


@routes.post(
    "/phone",
    keyed=Keyed.AFTER,
    body=SetPhone,
    errors=(PhoneCodeInvalid, WechatUserBlocked, WechatUnavailable),
)
async def set_phone(call: Call[SetPhone, NoQuery]) -> Answer[ResidentView]:
    """Show my phone number by WeChat."""
    await residents.set_phone(call.who, call.body.code)
    return Answer(await profiles.card(call.who))


@routes.post(
    "/real-name",
    keyed=Keyed.AFTER,
    asks="identity",
    body=SetRealName,
    errors=(
        IdNumberInvalid,
        NameInvalid,
        RealNameFixed,
        IdentityMismatch,
        IdentityQuotaExceeded,
        IdentityUnavailable,
        IdentityCheckMissing,
    ),
)
async def set_real_name(call: Call[SetRealName, NoQuery]) -> Answer[ResidentView]:
    """Say who I am; it is checked, and the ID number can be given once."""
    name, number = call.body.name, call.body.id_number
    await real_names.confirm(call.who, name=name, id_number=number, now=call.now)
    return Answer(await profiles.card(call.who))
