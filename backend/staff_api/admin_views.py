"""What an administrator sees of staff, units, offices and items."""

from datetime import date, datetime
from uuid import UUID

from typing_extensions import TypedDict

from backend.administration import members, rights
from backend.administration.members import Member, MemberState
from backend.administration.offices import Closure
from backend.administration.units import ManagedUnit
from backend.appointments.reading.queries import ManagedOffice
from backend.appointments.record.snapshot import Snapshot
from backend.catalogue.queries import ItemVersion
from backend.http.views.cases import UnitView
from backend.http.views.times import local
from backend.identity.actors import StaffActor
from models import Role, UnitLevel


class HeldPostView(TypedDict):
    """A post that is held today in my subtree, and who gave it; a command is nobody."""

    id: UUID
    unit: UnitView
    role: Role
    granted_at: datetime
    granted_by: UUID | None


class MemberView(TypedDict):
    """A member of staff; `elsewhere` says that there are posts outside of my subtree too.

    `manageable` says whether the account as a whole is mine to look after.
    """

    id: UUID
    name: str
    state: MemberState
    posts: list[HeldPostView]
    elsewhere: bool
    manageable: bool
    factor_set: bool
    created_at: datetime
    version: int


class HeadView(TypedDict):
    """Who administers a unit."""

    id: UUID
    name: str


class PostCount(TypedDict):
    """How many hold this role in the unit today."""

    role: Role
    count: int


class ManagedUnitView(TypedDict):
    """A unit of my subtree."""

    code: str
    name: str
    level: UnitLevel
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None
    heads: list[HeadView]
    posts: list[PostCount]


class ManagedOfficeView(TypedDict):
    """An office of my subtree, and the days ahead on which it is closed."""

    id: UUID
    unit_code: str
    name: str
    active: bool
    closed_on: list[date]


class ClosureView(TypedDict):
    """A day on which the office is closed."""

    day: date
    reason: str
    closed_at: datetime


class HitView(TypedDict):
    """An appointment that the closing hits: when and for what, not whose."""

    number: str
    starts_at: datetime
    item_name: str | None


class ManagedItemView(TypedDict):
    """A published item that a unit of my subtree takes part in."""

    code: str
    name: str
    version: int
    since: datetime | None
    department_code: str


def member_view(member: Member, *, by: StaffActor) -> MemberView:
    """A member of staff as this administrator sees them."""
    paths = rights.administering(by.posts)
    mine = [post for post in member.held if rights.within(post.path, paths)]
    posts: list[HeldPostView] = [
        {
            "id": post.id,
            "unit": {"code": post.unit, "name": post.name, "level": post.level},
            "role": post.role,
            "granted_at": local(post.granted_at),
            "granted_by": post.granted_by,
        }
        for post in mine
    ]
    return {
        "id": member.id,
        "name": member.name,
        "state": member.state,
        "posts": posts,
        "elsewhere": len(mine) < len(member.held),
        "manageable": member.id != by.id and members.manageable(by, member),
        "factor_set": member.factor,
        "created_at": local(member.created_at),
        "version": member.version,
    }


def unit_view(managed: ManagedUnit) -> ManagedUnitView:
    """A unit with its administrators and numbers."""
    unit = managed.unit
    counts: list[PostCount] = [
        {"role": role, "count": managed.posts[role]} for role in Role if role in managed.posts
    ]
    return {
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        "parent_code": unit.parent_code,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "heads": [{"id": head.id, "name": head.name} for head in managed.heads],
        "posts": counts,
    }


def office_view(office: ManagedOffice) -> ManagedOfficeView:
    """An office as its administrator sees it."""
    return {
        "id": office.id,
        "unit_code": office.unit_code,
        "name": office.name,
        "active": office.active,
        "closed_on": list(office.closed_on),
    }


def closure_view(closure: Closure) -> ClosureView:
    """A day of closing."""
    return {
        "day": closure.day,
        "reason": closure.reason,
        "closed_at": local(closure.closed_at),
    }


def hit_view(appointment: Snapshot) -> HitView:
    """An appointment without the person."""
    return {
        "number": appointment.number,
        "starts_at": local(appointment.slot.starts_at),
        "item_name": appointment.item_name,
    }


def item_view(item: ItemVersion) -> ManagedItemView:
    """What is published of an item."""
    return {
        "code": item.code,
        "name": item.name,
        "version": item.version,
        "since": local(item.published_at),
        "department_code": item.department_code,
    }
