"""What an operator does about staff by command: list, invite, disable, enable, end."""

import re
from collections.abc import Awaitable, Sequence

from backend import audit
from backend.cases import leaving
from backend.errors import ServiceError
from backend.identity import names, roster, staff
from backend.identity.roster import Member
from config import database
from config.errors import StartError
from models import Role

_POST = re.compile(r"^([0-9A-Z-]{6,24}):([a-z]+)$")
_FAULTS = {
    "name_invalid": "The name cannot be one: two to forty characters or letters.",
    "post_held": "The person holds this post already, or it is named twice.",
    "post_not_found": "The person does not hold this post.",
    "staff_not_active": "The person is disabled: enable them first.",
}
_BY = audit.OPERATOR


async def run(answer: Awaitable[str]) -> str:
    """Await what an operator asked for, with the database opened; raises StartError."""
    await database.connect()
    try:
        return await told(answer)
    finally:
        await database.disconnect()


async def told(answer: Awaitable[str]) -> str:
    """Await it; a refusal of the domain becomes a StartError of one English sentence."""
    try:
        return await answer
    except ServiceError as error:
        if error.code == "unit_unknown":
            raise StartError(f"There is no unit {error.detail.split()[-1]}.") from error
        raise StartError(_FAULTS.get(error.code, f"{error.code}: {error.detail}")) from error


async def shown() -> str:
    """All members of staff, one a line: id, name, state, posts."""
    lines = [_line(member) for member in await roster.members()]
    return "\n".join(lines) or "Nobody has been invited yet."


async def invite(name: str, posts: Sequence[str], *, another: bool) -> str:
    """Make a member of staff with posts (`unit:role`), give the one-time code; raises StartError.

    Somebody of a known name is only made with `another`.
    """
    held = [_post(text) for text in posts]
    known = await roster.named(name)
    if known and not another:
        raise StartError(
            f"{names.canonical(name)} is known already: {_line(known[0])}."
            " Use 're-invite' for a new code, or --another for a second person of this name."
        )
    return await staff.invite(await staff.create(name, posts=held, by=_BY), by=_BY)


async def invite_again(who: str) -> str:
    """A new code for a person whose WeChat account changed or whose code was lost."""
    return await staff.invite((await _one(who)).id, by=_BY)


async def disable(who: str) -> str:
    """Let the person in no more, and give back what they had claimed; safe to repeat."""
    member = await _one(who)
    released = await leaving.disable(member.id, by=_BY)
    return f"{member.name} is disabled; tasks released: {released}."


async def enable(who: str) -> str:
    """Let a disabled person in again."""
    member = await _one(who)
    await staff.enable(member.id, by=_BY)
    return f"{member.name} is enabled; posts: {', '.join(member.posts) or 'none'}."


async def end(who: str, post: str | None) -> str:
    """End one post, or let the person go: disabled, without posts and WeChat account."""
    ended = _post(post) if post is not None else None
    member = await _one(who)
    if ended is not None:
        released = await leaving.end_post(member.id, ended, by=_BY)
        return f"{member.name} no longer holds {post}; tasks released: {released}."
    released = await leaving.end(member.id, by=_BY)
    return f"{member.name} has left; tasks released: {released}."


async def _one(who: str) -> Member:
    """The person with this id or name; StartError unless it is exactly one."""
    members = await roster.members()
    found = [one for one in members if who in {str(one.id), one.name}]
    if not found:
        raise StartError(f"There is no member of staff {who!r}.")
    if len(found) > 1:
        listed = "; ".join(map(_line, found))
        raise StartError(f"Several people are called {who}, say which by id: {listed}.")
    return found[0]


def _line(member: Member) -> str:
    state = "active" if member.active else "disabled"
    bound = "WeChat bound" if member.bound else "not bound"
    return f"{member.id} {member.name} {state}, {bound} {' '.join(member.posts)}".rstrip()


def _post(text: str) -> tuple[str, Role]:
    found = _POST.match(text)
    if found is None or found[2] not in set(Role):
        roles = ", ".join(Role)
        raise StartError(f"A post is written unit:role, with a role of {roles}; not {text!r}.")
    return found[1], Role(found[2])
