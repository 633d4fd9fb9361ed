"""What an administrator does about a member of staff: the operations of `yikou staff`, with limits.

Each act is one transaction that locks administration first, reads the administrator's posts and the
member under that lock, and refuses what the administrator did not see: VersionStale.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.administration import members, rights, statements
from backend.administration.members import Member
from backend.administration.refusals import (
    LastAdmin,
    NameKnown,
    NotToYourself,
    PostNotYours,
    UnitNotFound,
)
from backend.cases.acts import leaving
from backend.identity import actors, names, posts, staff
from backend.identity.actors import StaffActor
from backend.identity.refusals import PostNotFound, UnitUnknown
from backend.identity.second_factor import factors
from backend.identity.tokens import Claims
from backend.refusals import VersionStale
from config.clock import city_day
from config.database import connection
from models import Audience, Role

Posts = Sequence[tuple[str, Role]]


@dataclass(frozen=True, slots=True)
class Seen:
    """Whom the administrator looked at, in which version."""

    staff_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class _Act:
    """Administration under its lock: who acts with the posts of this moment, and on whom."""

    by: StaffActor
    member: Member
    now: datetime


async def invite(
    by: StaffActor, name: str, granted: Posts, *, another: bool, now: datetime
) -> tuple[UUID, str]:
    """Make a member of staff with these posts; their id, and the code that binds their WeChat.

    Raises NameInvalid, NameKnown unless it is `another` person, PostHeld for a post named twice,
    PostsApart, UnitNotFound, PostNotYours.
    """
    async with in_transaction():
        present = await _alone(by, now)
        _check_given(present, granted, now)
        if not another:
            wanted = members.Wanted(name=name)
            known = await members.page(present, wanted, before=None, limit=100, now=now)
            if any(one.name == names.canonical(name) and one.held for one in known):
                raise NameKnown
        try:
            made = await staff.create(name, posts=granted, by=by.acting, now=now)
        except UnitUnknown:
            raise UnitNotFound from None
        return made, await staff.issue_invite(made, by=by.acting, now=now)


async def invite_again(by: StaffActor, seen: Seen, *, now: datetime) -> str:
    """A new code; the WeChat account of before is forgotten, its sessions end.

    Raises StaffNotActive or StaffLeft.
    """
    async with _on(by, seen, now) as act:
        _check_other(act)
        _check_whole(act)
        return await staff.invite(act.member.id, by=by.acting, now=now)


async def disable(by: StaffActor, seen: Seen, *, now: datetime) -> int:
    """Let the person in no more; how many claimed tasks went back to their units."""
    async with _on(by, seen, now) as act:
        await _check_out(act)
        return await leaving.disable(act.member.id, by=by.acting, now=now)


async def enable(by: StaffActor, seen: Seen, *, now: datetime) -> None:
    """Let a disabled person in again; StaffLeft for who has left for good."""
    async with _on(by, seen, now) as act:
        _check_other(act)
        _check_whole(act)
        await staff.enable(act.member.id, by=by.acting)


async def leave(by: StaffActor, seen: Seen, *, now: datetime) -> int:
    """Let the person go for good; how many claimed tasks went back to their units."""
    async with _on(by, seen, now) as act:
        await _check_out(act)
        return await leaving.end(act.member.id, by=by.acting, now=now)


async def reset_factor(by: StaffActor, seen: Seen, *, now: datetime) -> None:
    """Take the second factor away from who has lost it; sessions end."""
    async with _on(by, seen, now) as act:
        _check_other(act)
        _check_whole(act)
        await factors.reset(act.member.id, by=by.acting)


async def add_posts(by: StaffActor, seen: Seen, granted: Posts, *, now: datetime) -> None:
    """Give further posts. Raises PostHeld, PostsApart, UnitNotFound, PostNotYours, StaffLeft."""
    async with _on(by, seen, now) as act:
        _check_other(act)
        _check_given(act.by, granted, now)
        await staff.check_not_left(act.member.id)
        try:
            await posts.grant(act.member.id, granted, by=by.acting, now=now)
        except UnitUnknown:
            raise UnitNotFound from None


async def end_post(by: StaffActor, seen: Seen, post_id: UUID, *, now: datetime) -> int:
    """End a post today; how many claimed tasks went back. PostNotFound for one not held."""
    async with _on(by, seen, now) as act:
        found = [post for post in act.member.held if post.id == post_id]
        paths = rights.administering(act.by.posts)
        if not found or not rights.within(found[0].path, paths):
            raise PostNotFound
        post = found[0]
        if act.member.id == by.id:
            await _check_another(act, [post.path])
        elif not rights.may_give(act.by.posts, post.role, post.path):
            raise PostNotYours
        ended = (post.unit, post.role)
        return await leaving.end_post(act.member.id, ended, by=by.acting, now=now)


@asynccontextmanager
async def _on(by: StaffActor, seen: Seen, now: datetime) -> AsyncIterator[_Act]:
    """An act on somebody, in a transaction of its own. StaffNotFound or VersionStale."""
    async with in_transaction():
        present = await _alone(by, now)
        member = await members.one(present, seen.staff_id, now=now)
        if member.version != seen.version:
            raise VersionStale
        yield _Act(present, member, now)


async def _alone(by: StaffActor, now: datetime) -> StaffActor:
    """Who acts, with the posts held now that nobody else changes any until the end."""
    await connection().execute_query(statements.LOCK)
    return await actors.staff(Claims(Audience.STAFF, by.id, by.session_id), now=now)


def _check_other(act: _Act) -> None:
    """NotToYourself."""
    if act.member.id == act.by.id:
        raise NotToYourself


def _check_whole(act: _Act) -> None:
    """PostNotYours unless the account as a whole is the administrator's."""
    if not members.manageable(act.by, act.member):
        raise PostNotYours


async def _check_out(act: _Act) -> None:
    """The same of putting somebody out; oneself only while another administrator is left."""
    if act.member.id == act.by.id:
        await _check_another(act, rights.administering(act.by.posts))
    else:
        _check_whole(act)


async def _check_another(act: _Act, paths: Sequence[str]) -> None:
    """LastAdmin if nobody else administers one of the units there, or what lies above it."""
    for path in paths:
        given = [act.by.id, path.split("/"), city_day(act.now)]
        if not await connection().execute_query_dict(statements.OTHER_ADMIN, given):
            raise LastAdmin


def _check_given(by: StaffActor, granted: Posts, now: datetime) -> None:
    for code, role in granted:
        unit = members.unit_of(by, code, on=city_day(now))
        if not rights.may_give(by.posts, role, unit.path):
            raise PostNotYours
