"""Administering staff within one's subtree: who there is, invites, posts, putting out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.administration import acts, members
from backend.administration.acts import Seen
from backend.administration.members import MemberState, Wanted
from backend.administration.refusals import (
    LastAdmin,
    NameKnown,
    NotToYourself,
    PostNotYours,
    StaffNotFound,
    UnitNotFound,
)
from backend.audit import Act
from backend.http import pages
from backend.http.answers import Answer, encode, variant
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.identity.actors import StaffActor
from backend.identity.refusals import (
    NameInvalid,
    PostHeld,
    PostNotFound,
    PostsApart,
    StaffLeft,
    StaffNotActive,
)
from backend.refusals import VersionStale
from backend.staff_api.admin_views import MemberView, member_view
from models import Role

routes = Routes("admin_staff", prefix="/api/v1/staff/admin", guard=Guard.ADMIN)

UnitCode = Annotated[str, Field(min_length=1, max_length=24)]
ON_SOMEBODY = (StaffNotFound, VersionStale)


class FindStaff(Page):
    """Whom: of one unit and those below it, of a name that contains this, in this state."""

    unit: UnitCode | None = None
    q: Annotated[str, Field(max_length=40)] | None = None
    state: MemberState | None = None


class GivenPost(Body):
    """A role in a unit."""

    unit_code: UnitCode
    role: Annotated[Role, Field(strict=False)]


class InviteStaff(Body):
    """The new member's name and posts; `another` where somebody of this name is there already."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    posts: Annotated[list[GivenPost], Field(min_length=1, max_length=20)]
    another: bool = False


class AddPosts(Body):
    """Further posts."""

    posts: Annotated[list[GivenPost], Field(min_length=1, max_length=20)]


class Invited(TypedDict):
    """The member, and the code that binds their WeChat within three days; shown once."""

    member: MemberView
    invite: str


class PutOut(TypedDict):
    """The member, and how many claimed tasks went back to their units."""

    member: MemberView
    released: int


@routes.get("/staff", query=FindStaff, errors=(UnitNotFound,), records=(Act.LIST_STAFF,))
async def list_staff(call: Call[Nothing, FindStaff]) -> Answer[Listing[MemberView]]:
    """List who has, or once had, a post in my subtree, last invited first."""
    by, asked = await call.staff(), call.query
    found = await members.page(
        by,
        Wanted(unit=asked.unit, name=asked.q, state=asked.state),
        before=pages.position_uuid(asked),
        limit=asked.limit + 1,
        now=call.now,
    )
    kept, following = pages.cut(found, asked, lambda member: str(member.id))
    told = {"unit": asked.unit, "state": asked.state, "staff": [str(one.id) for one in kept]}
    await audit.record(Act.LIST_STAFF, by=by.acting, details=told)
    shown = [member_view(member, by=by) for member in kept]
    return Answer({"items": shown, "next_cursor": following})


@routes.get("/staff/<staff_id:uuid>", etag=True, errors=(StaffNotFound,), records=(Act.OPEN_STAFF,))
async def get_staff(call: Call[Nothing, NoQuery], staff_id: UUID) -> Answer[MemberView]:
    """Show a member of staff of my subtree."""
    by = await call.staff()
    shown = member_view(await members.one(by, staff_id, now=call.now), by=by)
    await audit.record(Act.OPEN_STAFF, by=by.acting, on=("staff", staff_id))
    return Answer(shown, version=shown["version"], variant=variant(encode(shown)))


@routes.post(
    "/staff",
    body=InviteStaff,
    status=201,
    errors=(NameInvalid, NameKnown, PostHeld, PostsApart, UnitNotFound, PostNotYours),
    records=(Act.GRANT_POST, Act.INVITE),
)
async def invite_staff(call: Call[InviteStaff, NoQuery]) -> Answer[Invited]:
    """Invite a new member of staff with posts in my subtree."""
    by, asked = await call.staff(), call.body
    made, code = await acts.invite(
        by, asked.name, _posts(asked.posts), another=asked.another, now=call.now
    )
    return Answer({"member": await _shown(by, made, call.now), "invite": code}, 201)


@routes.post(
    "/staff/<staff_id:uuid>/re-invite",
    if_match=True,
    errors=(*ON_SOMEBODY, NotToYourself, PostNotYours, StaffLeft, StaffNotActive),
    records=(Act.INVITE,),
)
async def invite_staff_again(call: Call[Nothing, NoQuery], staff_id: UUID) -> Answer[Invited]:
    """Make a new invite; the WeChat account bound before is let in no more."""
    by = await call.staff()
    code = await acts.invite_again(by, Seen(staff_id, call.expected_version), now=call.now)
    return Answer({"member": await _shown(by, staff_id, call.now), "invite": code})


@routes.post(
    "/staff/<staff_id:uuid>/disable",
    if_match=True,
    errors=(*ON_SOMEBODY, LastAdmin, PostNotYours),
    records=(Act.DISABLE_STAFF,),
)
async def disable_staff(call: Call[Nothing, NoQuery], staff_id: UUID) -> Answer[PutOut]:
    """Let a member in no more; what they had claimed goes back to its unit."""
    by = await call.staff()
    released = await acts.disable(by, Seen(staff_id, call.expected_version), now=call.now)
    return Answer({"member": await _shown(by, staff_id, call.now), "released": released})


@routes.post(
    "/staff/<staff_id:uuid>/enable",
    if_match=True,
    errors=(*ON_SOMEBODY, NotToYourself, PostNotYours, StaffLeft),
    records=(Act.ENABLE_STAFF,),
)
async def enable_staff(call: Call[Nothing, NoQuery], staff_id: UUID) -> Answer[MemberView]:
    """Let a disabled member in again."""
    by = await call.staff()
    await acts.enable(by, Seen(staff_id, call.expected_version), now=call.now)
    return Answer(await _shown(by, staff_id, call.now))


@routes.post(
    "/staff/<staff_id:uuid>/leave",
    if_match=True,
    errors=(*ON_SOMEBODY, LastAdmin, PostNotYours, PostNotFound),
    records=(Act.END_STAFF,),
)
async def end_staff(call: Call[Nothing, NoQuery], staff_id: UUID) -> Answer[PutOut]:
    """Let a member go for good, without posts and WeChat account."""
    by = await call.staff()
    released = await acts.leave(by, Seen(staff_id, call.expected_version), now=call.now)
    return Answer({"member": await _shown(by, staff_id, call.now), "released": released})


@routes.post(
    "/staff/<staff_id:uuid>/posts",
    body=AddPosts,
    if_match=True,
    errors=(
        *ON_SOMEBODY,
        *(NotToYourself, PostHeld, PostsApart, UnitNotFound, PostNotYours, StaffLeft),
    ),
    records=(Act.GRANT_POST,),
)
async def add_posts(call: Call[AddPosts, NoQuery], staff_id: UUID) -> Answer[MemberView]:
    """Give a member further posts in my subtree."""
    by = await call.staff()
    granted = _posts(call.body.posts)
    await acts.add_posts(by, Seen(staff_id, call.expected_version), granted, now=call.now)
    return Answer(await _shown(by, staff_id, call.now))


@routes.post(
    "/staff/<staff_id:uuid>/posts/<post_id:uuid>/end",
    if_match=True,
    errors=(*ON_SOMEBODY, LastAdmin, PostNotFound, PostNotYours),
    records=(Act.END_POST,),
)
async def end_post(call: Call[Nothing, NoQuery], staff_id: UUID, post_id: UUID) -> Answer[PutOut]:
    """End a post of a member; what they had claimed there goes back."""
    by = await call.staff()
    released = await acts.end_post(by, Seen(staff_id, call.expected_version), post_id, now=call.now)
    return Answer({"member": await _shown(by, staff_id, call.now), "released": released})


@routes.post(
    "/staff/<staff_id:uuid>/second-factor/reset",
    if_match=True,
    errors=(*ON_SOMEBODY, NotToYourself, PostNotYours),
    records=(Act.RESET_FACTOR,),
)
async def reset_second_factor(call: Call[Nothing, NoQuery], staff_id: UUID) -> Answer[MemberView]:
    """Take the second factor away from a member who has lost it."""
    by = await call.staff()
    await acts.reset_factor(by, Seen(staff_id, call.expected_version), now=call.now)
    return Answer(await _shown(by, staff_id, call.now))


def _posts(given: list[GivenPost]) -> list[tuple[str, Role]]:
    return [(post.unit_code, post.role) for post in given]


async def _shown(by: StaffActor, staff_id: UUID, now: datetime) -> MemberView:
    """The member after the act."""
    found = await members.read(staff_id, now=now)
    if found is None:
        raise LookupError(staff_id)  # members of staff are never deleted
    return member_view(found, by=by)
