"""Posts: which right a member of staff holds in which unit."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q
from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act, Actor
from backend.identity import statements
from backend.identity.refusals import PostHeld, PostNotFound, PostsApart, UnitUnknown
from config.clock import city_day
from models import OrgUnit, Post, Role


async def grant(
    staff_id: UUID, posts: Sequence[tuple[str, Role]], *, by: Actor, now: datetime
) -> None:
    """Give posts (unit codes with roles), held from now on.

    Raises UnitUnknown, PostHeld for one that is held already or named twice, or PostsApart where
    somebody would administer and hold another post as well.
    """
    async with in_transaction() as within:
        await within.execute_query(statements.TOUCH, [staff_id])
        for unit in await unknown_units(posts):
            raise UnitUnknown(unit)
        rows = [
            Post(
                staff_id=staff_id,
                unit_id=unit,
                role=role,
                granted_by_id=by.id if by.kind == "staff" else None,
                created_at=now,
            )
            for unit, role in posts
        ]
        try:
            for row in rows:
                await row.save()
        except IntegrityError as error:
            raise PostHeld from error
        roles = {role for _, role in await held(staff_id, on=city_day(now))}
        if Role.ADMIN in roles and len(roles) > 1:
            raise PostsApart
        for unit, role in posts:
            await audit.record(
                Act.GRANT_POST, by=by, on=("staff", staff_id), details={"post": f"{unit}:{role}"}
            )


async def end(staff_id: UUID, post: tuple[str, Role], *, by: Actor, now: datetime) -> None:
    """End a post today; PostNotFound if it is not held."""
    today = city_day(now)
    unit, role = post
    async with in_transaction() as within:
        await within.execute_query(statements.TOUCH, [staff_id])
        held = Post.filter(Q(valid_to=None) | Q(valid_to__gte=today), staff_id=staff_id)
        ended = await held.filter(unit_id=unit, role=role).update(
            valid_to=today - timedelta(days=1)
        )
        if not ended:
            raise PostNotFound
        await audit.record(
            Act.END_POST, by=by, on=("staff", staff_id), details={"post": f"{unit}:{role}"}
        )


async def held(staff_id: UUID, *, on: date) -> list[tuple[str, Role]]:
    """The posts held on this day."""
    found = Post.filter(Q(valid_to=None) | Q(valid_to__gte=on), staff_id=staff_id)
    return [(unit, role) for unit, role in await found.values_list("unit_id", "role")]


async def unknown_units(posts: Sequence[tuple[str, Role]]) -> list[str]:
    """The units of these posts that there are not, each once and in their order."""
    units = list(dict.fromkeys(unit for unit, _ in posts))
    known = {unit.code for unit in await OrgUnit.filter(code__in=units).only("code")}
    return [unit for unit in units if unit not in known]
