"""The members of staff whom an administrator looks after, with their posts there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.administration import rights, statements
from backend.administration.refusals import StaffNotFound, UnitNotFound
from backend.identity import names, staff
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from backend.organisation.queries import NoSuchUnit, Unit
from config.clock import city_day
from config.database import connection
from models import Role, UnitLevel

_AT_ONCE = 500


class MemberState(StrEnum):
    """Whether somebody can log in: active, not bound by the invite yet, disabled, or gone."""

    ACTIVE = "active"
    INVITED = "invited"
    DISABLED = "disabled"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPost:
    """A post; `held` today or held before, `granted_by` a member of staff or a command."""

    id: UUID
    role: Role
    unit: str
    name: str
    level: UnitLevel
    path: str
    granted_at: datetime
    granted_by: UUID | None
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of staff with all posts ever held; `factor` says whether a second factor is set."""

    id: UUID
    name: str
    state: MemberState
    version: int
    factor: bool
    created_at: datetime
    posts: tuple[HeldPost, ...]

    @property
    def held(self) -> list[HeldPost]:
        """The posts of today."""
        return [post for post in self.posts if post.held]

    @property
    def deciding(self) -> Sequence[HeldPost]:
        """Those that say who looks after this person: of today, or else all there were."""
        return self.held or self.posts


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom to list: in one unit and below it, of a name that contains this, in this state."""

    unit: str | None = None
    name: str | None = None
    state: MemberState | None = None


def manageable(by: StaffActor, member: Member) -> bool:
    """Whether the account as a whole is the administrator's: every post is theirs to give."""
    return all(rights.may_give(by.posts, post.role, post.path) for post in member.deciding)


async def page(
    by: StaffActor, wanted: Wanted, *, before: UUID | None, limit: int, now: datetime
) -> list[Member]:
    """Whoever has or had a post in the administrator's subtree, last invited first.

    Raises UnitNotFound for a unit that is not in it.
    """
    paths = rights.administering(by.posts)
    if wanted.unit is not None:
        paths = [unit_of(by, wanted.unit, on=city_day(now)).path]
    name = names.canonical(wanted.name or "")
    found: list[Member] = []
    # Names are sealed, so that they are read to be compared.
    at_once = _AT_ONCE if name or wanted.state else limit
    while len(found) < limit:
        given = [city_day(now), paths, before, at_once]
        rows = await connection().execute_query_dict(statements.MEMBERS, given)
        read = [_member(row) for row in rows]
        found += [each for each in read if name in each.name and wanted.state in {None, each.state}]
        if len(rows) < at_once:
            break
        before = read[-1].id
    return found[:limit]


async def one(by: StaffActor, staff_id: UUID, *, now: datetime) -> Member:
    """Somebody with a post in the administrator's subtree, now or once; StaffNotFound otherwise."""
    found = await read(staff_id, now=now)
    paths = rights.administering(by.posts)
    if found is None or not any(rights.within(post.path, paths) for post in found.posts):
        raise StaffNotFound
    return found


async def read(staff_id: UUID, *, now: datetime) -> Member | None:
    """The member of staff, whoever asks."""
    rows = await connection().execute_query_dict(statements.MEMBER, [city_day(now), staff_id])
    return _member(rows[0]) if rows else None


def unit_of(by: StaffActor, code: str, *, on: date) -> Unit:
    """A unit of the administrator's subtree that there is on this day; UnitNotFound."""
    try:
        found = organisation.unit(code)
    except NoSuchUnit:
        raise UnitNotFound from None
    gone = found not in organisation.valid(on=on)
    if gone or not rights.within(found.path, rights.administering(by.posts)):
        raise UnitNotFound
    return found


def _member(row: Mapping[str, Any]) -> Member:
    return Member(
        id=row["id"],
        name=staff.unsealed_name(row["id"], row["name_sealed"]),
        state=_state(row),
        version=row["version"],
        factor=row["factor"],
        created_at=row["created_at"],
        posts=tuple(_post(post) for post in json.loads(row["posts"] or "[]")),
    )


def _state(row: Mapping[str, Any]) -> MemberState:
    if row["gone"]:
        return MemberState.LEFT
    if not row["active"]:
        return MemberState.DISABLED
    return MemberState.ACTIVE if row["bound"] else MemberState.INVITED


def _post(given: Mapping[str, Any]) -> HeldPost:
    by = given["granted_by"]
    return HeldPost(
        id=UUID(given["id"]),
        role=Role(given["role"]),
        unit=given["unit"],
        name=given["name"],
        level=UnitLevel(given["level"]),
        path=given["path"],
        granted_at=datetime.fromisoformat(given["granted_at"]),
        granted_by=None if by is None else UUID(by),
        held=given["held"],
    )
