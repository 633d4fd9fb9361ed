"""What an operator does about staff by command: list, invite, disable, enable, end."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from backend import audit
from backend.cases.acts import leaving
from backend.errors import ServiceError
from backend.identity import names, roster, staff
from backend.identity.posts import unknown_units
from backend.identity.refusals import (
    NameInvalid,
    PostHeld,
    PostNotFound,
    PostsApart,
    StaffLeft,
    StaffNotActive,
    UnitUnknown,
)
from backend.identity.roster import Member
from backend.identity.second_factor import factors
from config import clock, database, migration
from config.clock import city_day
from config.errors import StartError
from models import Role

_POST = re.compile(r"^([0-9A-Z-]{6,24}):([a-z]+)$")
_FAULTS: dict[type[ServiceError], str] = {
    NameInvalid: "姓名须为二至四十个汉字，或拉丁字母，不混用。"
    " A name has two to forty Chinese characters or Latin letters, not both.",
    PostHeld: "已任该岗位，或岗位重复。 The post is held already, or named twice.",
    PostNotFound: "未任该岗位。 The person does not hold this post.",
    PostsApart: "管理岗位不能与其他岗位由同一人担任。"
    " Who administers holds no other post: make it two people.",
    StaffLeft: "该人员已离任，不再启用；回来的请用 yikou staff invite 作为新人员邀请。"
    " The person has left; make who comes back a new member with 'yikou staff invite'.",
    StaffNotActive: "该人员已停用，请先启用。 The person is disabled: enable them first.",
}
_BY = audit.OPERATOR


async def run(ask: Callable[..., Awaitable[str]]) -> str:
    """Ask what an operator wants, now and with the database opened; raises StartError."""
    await migration.check(database.url())
    await database.connect()
    try:
        return await told(ask(now=clock.now()))
    finally:
        await database.disconnect()


async def told(answer: Awaitable[str]) -> str:
    """Await it; a refusal of the domain becomes a StartError of one sentence in both languages."""
    try:
        return await answer
    except UnitUnknown as error:
        raise StartError(_no_unit(error.unit)) from error
    except ServiceError as error:
        told = _FAULTS.get(type(error), f"{error.code}: {error.detail}")
        raise StartError(told) from error


async def shown(*, now: datetime) -> str:
    """All members of staff, one a line: id, name, state, posts."""
    lines = [_line(member) for member in await roster.members(on=city_day(now))]
    return "\n".join(lines) or "尚未邀请任何工作人员。 Nobody has been invited yet."


async def invite(name: str, posts: Sequence[str], *, another: bool, now: datetime) -> str:
    """Make a member of staff with posts (`unit:role`), give the one-time code; raises StartError.

    Somebody of a known name is only made with `another`.
    """
    held = await _posts(posts)
    known = await roster.named(name, on=city_day(now))
    if known and not another:
        raise StartError(
            f"{names.canonical(name)} 已存在：重发邀请码用 re-invite，同名的另一人加 --another。"
            f" The name is known already: {_line(known[0])}."
            " Use 're-invite' for a new code, or --another for a second person of this name."
        )
    made = await staff.create(name, posts=held, by=_BY, now=now)
    return await staff.invite(made, by=_BY, now=now)


async def invite_again(who: str, *, now: datetime) -> str:
    """A new code for a person whose WeChat account changed or whose code was lost."""
    return await staff.invite((await _one(who, now)).id, by=_BY, now=now)


async def disable(who: str, *, now: datetime) -> str:
    """Let the person in no more, and give back what they had claimed; safe to repeat."""
    member = await _one(who, now)
    released = await leaving.disable(member.id, by=_BY, now=now)
    if member.gone:
        return f"{member.name} 已离任，本已停用 / has left and was out already."
    return (
        f"{member.name} 已停用，放回任务 {released} 件 / is disabled; tasks released: {released}."
    )


async def enable(who: str, *, now: datetime) -> str:
    """Let a disabled person in again; StartError for one who has left."""
    member = await _one(who, now)
    await staff.enable(member.id, by=_BY)
    posts = ", ".join(member.posts) or "-"
    return f"{member.name} 已启用，岗位 {posts} / is enabled; posts: {posts}."


async def reset_factor(who: str, *, now: datetime) -> str:
    """Take the second factor away from who has lost it; their sessions end."""
    member = await _one(who, now)
    await factors.reset(member.id, by=_BY)
    return (
        f"{member.name} 的动态验证码已重置，登录后须重新启用"
        " / has no second factor any more and sets one up after the next login."
    )


async def end(who: str, post: str | None, *, now: datetime) -> str:
    """End one post, or let the person go: disabled, without posts and WeChat account."""
    ended = _post(post) if post is not None else None
    member = await _one(who, now)
    if ended is not None:
        released = await leaving.end_post(member.id, ended, by=_BY, now=now)
        return (
            f"{member.name} 不再担任 {post}，放回任务 {released} 件"
            f" / no longer holds {post}; tasks released: {released}."
        )
    released = await leaving.end(member.id, by=_BY, now=now)
    return f"{member.name} 已离任，放回任务 {released} 件 / has left; tasks released: {released}."


async def _one(who: str, now: datetime) -> Member:
    """The person with this id or name, of who has left only if nobody else bears it.

    StartError unless it is exactly one.
    """
    everybody = await roster.members(on=city_day(now))
    named = [one for one in everybody if who in {str(one.id), one.name}]
    found = [one for one in named if not one.gone] or named
    if not found:
        raise StartError(f"没有工作人员 {who}。 There is no member of staff {who!r}.")
    if len(found) > 1:
        listed = "; ".join(map(_line, found))
        raise StartError(
            f"有多人叫 {who}，请用编号指明。"
            f" Several people are called {who}, say which by id: {listed}."
        )
    return found[0]


def _line(member: Member) -> str:
    state = "离任 left" if member.gone else "在用 active" if member.active else "停用 disabled"
    bound = "已绑定 WeChat bound" if member.bound else "未绑定 not bound"
    return f"{member.id} {member.name} {state}, {bound} {' '.join(member.posts)}".rstrip()


def _no_unit(code: str) -> str:
    return f"没有单位 {code}。 There is no unit {code}."


async def _posts(texts: Sequence[str]) -> list[tuple[str, Role]]:
    """The posts; StartError with a line for each that is none, and for each unknown unit."""
    found, faults = [], []
    for text in texts:
        try:
            found.append(_post(text))
        except StartError as error:
            faults.append(str(error))
    faults += map(_no_unit, await unknown_units(found))
    if faults:
        raise StartError("\n".join(faults))
    return found


def _post(text: str) -> tuple[str, Role]:
    found = _POST.match(text)
    if found is None or found[2] not in set(Role):
        roles = ", ".join(Role)
        raise StartError(
            f"岗位写作“单位:角色”，不能是 {text!r}。"
            f" A post is written unit:role, with a role of {roles}; not {text!r}."
        )
    return found[1], Role(found[2])
