"""Staff's sessions: log in with WeChat once bound by an invite, carry on, log out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.http.answers import Answer, encode
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.http.views.cases import UnitView
from backend.http.views.sessions import (
    REFRESH_REFUSALS,
    WECHAT_REFUSALS,
    Code,
    LogIn,
    LogOut,
    Refresh,
    Tokens,
    kept,
)
from backend.identity import actors, sessions, staff
from backend.identity.actors import StaffActor
from backend.identity.refusals import (
    InviteInvalid,
    SessionEnded,
    StaffAlreadyBound,
    StaffNotActive,
    StaffNotBound,
)
from backend.identity.second_factor.rules import FactorState
from backend.identity.sessions import Granted
from models import Audience, Role

routes = Routes("staff_session", prefix="/api/v1/staff", guard=Guard.STAFF)


class Bind(Body):
    """The code of wx.login, and the invite's code however it is typed."""

    code: Code
    invite: Annotated[str, Field(min_length=1, max_length=64)]


class PostShown(TypedDict):
    """A post held today."""

    unit: UnitView
    role: Role


class StaffMe(TypedDict):
    """The staff member who is logged in."""

    id: UUID
    name: str
    posts: list[PostShown]
    second_factor: FactorState


class StaffSession(Tokens):
    """What the client keeps; both times are seconds from now."""

    staff: StaffMe


@routes.post(
    "/auth/wechat",
    guard=Guard.OPEN,
    limit=Limit.LOGIN,
    keyed=Keyed.AFTER,
    body=LogIn,
    status=201,
    errors=(StaffNotBound, SessionEnded, *WECHAT_REFUSALS),
    records=(Act.LOG_IN, Act.LOG_IN_REFUSED),
)
async def staff_log_in(call: Call[LogIn, NoQuery]) -> Answer[StaffSession]:
    """Log in with WeChat, once bound."""
    async with audit.attempt(Act.LOG_IN_REFUSED):
        granted = await staff.log_in(call.body.code, now=call.now)
    return Answer(await _begun(Act.LOG_IN, granted, call.now), 201)


@routes.post(
    "/auth/bind",
    guard=Guard.OPEN,
    limit=Limit.LOGIN,
    keyed=Keyed.AFTER,
    body=Bind,
    status=201,
    errors=(InviteInvalid, StaffAlreadyBound, StaffNotActive, SessionEnded, *WECHAT_REFUSALS),
    records=(Act.BIND, Act.BIND_REFUSED),
)
async def bind_staff(call: Call[Bind, NoQuery]) -> Answer[StaffSession]:
    """Bind my WeChat account by an invite, which works once, and log in."""
    async with audit.attempt(Act.BIND_REFUSED):
        granted = await staff.bind(call.body.code, call.body.invite, now=call.now)
    return Answer(await _begun(Act.BIND, granted, call.now), 201)


@routes.post(
    "/auth/refresh",
    guard=Guard.OPEN,
    limit=Limit.LOGIN,
    keyed=Keyed.OWN,
    body=Refresh,
    errors=REFRESH_REFUSALS,
    unrecorded="carries a recorded login on",
)
async def staff_refresh(call: Call[Refresh, NoQuery]) -> Answer[StaffSession]:
    """Carry the session on within half an hour; a refresh token's reuse ends the session."""

    async def render(granted: Granted) -> bytes:
        by = await actors.staff(granted.claims, now=call.now)
        return encode(await _session_view(granted, by))

    body = await sessions.refresh(
        call.body.refresh_token,
        audience=Audience.STAFF,
        now=call.now,
        once=call.once,
        render=render,
    )
    return Answer(body)


@routes.post("/auth/logout", body=LogOut, status=204, records=(Act.LOG_OUT,), before_factor=True)
async def staff_log_out(call: Call[LogOut, NoQuery]) -> Answer[None]:
    """End this session, or all of mine."""
    by = await call.staff()
    await audit.record(Act.LOG_OUT, by=by.acting, details={"everywhere": call.body.everywhere})
    await sessions.log_out(
        by.session_id, of=(Audience.STAFF, by.id), everywhere=call.body.everywhere
    )
    return Answer(status=204)


@routes.get("/me", unrecorded="shows the one who asks")
async def get_staff_me(call: Call[Nothing, NoQuery]) -> Answer[StaffMe]:
    """Show my name and the posts I hold today."""
    return Answer(await staff_view(await call.staff()))


async def _begun(act: Act, granted: Granted, now: datetime) -> StaffSession:
    """The new session, once it is recorded."""
    by = await actors.staff(granted.claims, now=now)
    await audit.record(act, by=by.acting, on=("session", by.session_id))
    return await _session_view(granted, by)


async def _session_view(granted: Granted, by: StaffActor) -> StaffSession:
    return {**kept(granted), "staff": await staff_view(by)}


async def staff_view(actor: StaffActor) -> StaffMe:
    """Name, posts and what the session owes, as their owner sees them."""
    posts: list[PostShown] = [
        {
            "unit": {"code": post.unit_code, "name": post.unit_name, "level": post.level},
            "role": post.role,
        }
        for post in actor.posts
    ]
    name = await staff.name_of(actor.id)
    return {"id": actor.id, "name": name, "posts": posts, "second_factor": actor.factor}
