"""Binding one's own WeCom, over which cards tell of what must be done."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from backend.audit import Act
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from backend.identity import wecom
from backend.identity.refusals import (
    WecomAlreadyBound,
    WecomCodeInvalid,
    WecomOff,
    WecomUnavailable,
)

routes = Routes("staff_wecom", prefix="/api/v1/staff/me", guard=Guard.STAFF)


class BindWecom(Body):
    """The code that WeCom gives the page that is opened in it (scope snsapi_base)."""

    code: Annotated[str, Field(min_length=1, max_length=512)]


class WecomBinding(TypedDict):
    """Whether cards come to me."""

    bound: bool


@routes.get("/wecom", unrecorded="shows the one who asks")
async def get_wecom(call: Call[Nothing, NoQuery]) -> Answer[WecomBinding]:
    """Whether I get cards over WeCom."""
    by = await call.staff()
    return Answer({"bound": await wecom.bound(by.id)})


@routes.post(
    "/wecom",
    body=BindWecom,
    keyed=Keyed.NO,
    errors=(WecomAlreadyBound, WecomCodeInvalid, WecomOff, WecomUnavailable),
    records=(Act.BIND,),
)
async def bind_wecom(call: Call[BindWecom, NoQuery]) -> Answer[WecomBinding]:
    """Get cards over WeCom from now on; a code works once."""
    await wecom.bind(call.body.code, by=await call.staff())
    return Answer({"bound": True})


@routes.delete("/wecom", status=204, records=(Act.BIND,))
async def unbind_wecom(call: Call[Nothing, NoQuery]) -> Answer[None]:
    """Get no cards any more."""
    await wecom.unbind(by=await call.staff())
    return Answer(status=204)
