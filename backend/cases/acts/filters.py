"""Filters of the to-do that a member of staff keeps, each under a name of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

import orjson
from tortoise.transactions import in_transaction

from backend.cases.acts import statements
from backend.cases.clock.limits import Light
from backend.cases.reading.to_do.listing import Wanted, check
from backend.cases.reading.to_do.statements import Sort, Whose
from backend.cases.rules.refusals import FilterNameTaken, FilterNotFound, FiltersTooMany
from backend.identity import staff
from backend.identity.actors import StaffActor
from backend.identity.refusals import SessionEnded
from config import encoding, vault
from config.database import connection
from config.vault import sealed
from models import uuid7

MOST = 20


@dataclass(frozen=True, slots=True)
class Saved:
    """A filter under its name."""

    id: UUID
    name: str
    wanted: Wanted


async def save(name: str, wanted: Wanted, *, by: StaffActor, now: datetime) -> Saved:
    """Keep it; FilterNameTaken, FiltersTooMany, and what `listing.check` refuses.

    SessionEnded for who is no member of staff any more.
    """
    await check(wanted, by)
    filter_id = uuid7()
    given = [
        filter_id,
        now,
        by.id,
        sealed.seal("task_filter", filter_id, column="name", text=name),
        vault.blind("filter_name", f"{by.id}:{name}"),
        encoding.dumps(_written(wanted)).decode(),
    ]
    async with in_transaction():
        ask = connection().execute_query_dict
        # Of rivals none passes the most, and who leaves meanwhile leaves none behind.
        if not await staff.hold(by.id):
            raise SessionEnded
        if (await ask(statements.FILTERS_KEPT, [by.id]))[0]["kept"] >= MOST:
            raise FiltersTooMany
        if not await ask(statements.SAVE_FILTER, given):
            raise FilterNameTaken
    return Saved(filter_id, name, wanted)


async def forget(staff_id: UUID) -> None:
    """Delete all that they keep: they have left, and a name may tell of a person."""
    await connection().execute_query(statements.FORGET_FILTERS, [staff_id])


async def of_member(staff_id: UUID) -> list[Saved]:
    """All that this member of staff keeps, the first saved first."""
    rows = await connection().execute_query_dict(statements.FILTERS, [staff_id])
    return [_saved(row) for row in rows]


async def one(filter_id: UUID, *, by: StaffActor) -> Saved:
    """One of them; FilterNotFound, also of a colleague's."""
    rows = await connection().execute_query_dict(statements.FILTER, [by.id, filter_id])
    if not rows:
        raise FilterNotFound
    return _saved(rows[0])


async def delete(filter_id: UUID, *, by: StaffActor) -> None:
    """Keep it no longer; FilterNotFound."""
    if not await connection().execute_query_dict(statements.DELETE_FILTER, [by.id, filter_id]):
        raise FilterNotFound


def _written(wanted: Wanted) -> dict[str, Any]:
    return {
        "whose": wanted.whose,
        "sort": wanted.sort,
        "light": wanted.light,
        "first": wanted.first,
        "last": wanted.last,
        "item": wanted.item,
        "unit": wanted.unit,
    }


def _saved(row: Mapping[str, Any]) -> Saved:
    said = orjson.loads(row["query"])
    first, last = (said[name] and date.fromisoformat(said[name]) for name in ("first", "last"))
    whose: Whose = next(each for each in get_args(Whose) if each == said["whose"])
    sort: Sort = next(each for each in get_args(Sort) if each == said["sort"])
    name = sealed.unseal("task_filter", row["id"], column="name", stored=row["name_sealed"])
    wanted = Wanted(
        whose=whose,
        sort=sort,
        light=said["light"] and Light(said["light"]),
        first=first,
        last=last,
        item=said["item"],
        unit=said["unit"],
    )
    return Saved(row["id"], name or "", wanted)
