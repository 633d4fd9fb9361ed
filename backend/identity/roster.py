"""Who works here: the members of staff with their posts, for those who look after them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.identity import names, staff, statements
from config.database import connection
from models import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of staff, or one who has left for good (`gone`).

    `bound` says whether a WeChat account is, posts are `unit:role`.
    """

    id: UUID
    name: str
    active: bool
    gone: bool
    bound: bool
    posts: tuple[str, ...]


async def members(*, on: date) -> list[Member]:
    """Everybody who was ever invited, first invited first, with the posts held on this day."""
    return [_member(row) for row in await connection().execute_query_dict(statements.MEMBERS, [on])]


async def named(name: str, *, on: date) -> list[Member]:
    """Those who bear this name and have not left; names are sealed, so all are read."""
    wanted = names.canonical(name)
    return [one for one in await members(on=on) if one.name == wanted and not one.gone]


def written(posts: Iterable[tuple[str, Role]]) -> tuple[str, ...]:
    """Posts as `unit:role`."""
    return tuple(f"{unit}:{role}" for unit, role in posts)


def _member(row: dict[str, Any]) -> Member:
    return Member(
        id=row["id"],
        name=staff.unsealed_name(row["id"], row["name_sealed"]),
        active=row["active"],
        gone=row["gone"],
        bound=row["bound"],
        posts=tuple(row["posts"] or ()),
    )
