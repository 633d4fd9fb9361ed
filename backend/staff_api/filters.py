"""Filters of the to-do that I keep for myself, with what each of them finds."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend.cases.acts import filters
from backend.cases.acts.filters import Saved
from backend.cases.clock.limits import Light
from backend.cases.reading.to_do import listing
from backend.cases.reading.to_do.listing import TaskCounts, Wanted
from backend.cases.reading.to_do.statements import Sort, Whose
from backend.cases.rules.refusals import (
    DatesReversed,
    FilterNameTaken,
    FilterNotFound,
    FiltersTooMany,
    ItemNotKnown,
    UnitNotMine,
)
from backend.http.answers import Answer
from backend.http.body import Body, Query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.identity.actors import StaffActor
from config.texts import ONE_LINE, VISIBLE

routes = Routes(
    "staff_filters",
    prefix="/api/v1/staff/filters",
    guard=Guard.STAFF,
    unrecorded="counts tasks, and names nobody",
)


class ListFilters(Query):
    """With `counts` also how many tasks each of them finds now."""

    counts: bool = False


class SaveFilter(Body):
    """The name, and the filters as the to-do takes them."""

    name: Annotated[str, Field(min_length=1, max_length=20, pattern=r"\S"), VISIBLE, ONE_LINE]
    scope: Whose = "unit"
    sort: Sort = "received"
    light: Annotated[Light | None, Field(strict=False)] = None
    from_: Annotated[date | None, Field(alias="from", strict=False)] = None
    to: Annotated[date | None, Field(strict=False)] = None
    item: Annotated[str, Field(max_length=50)] | None = None
    unit: Annotated[str, Field(max_length=24)] | None = None


_Days = TypedDict("_Days", {"from": date | None, "to": date | None})


class FilterView(_Days):
    """A filter that I keep; `counts` are null unless they were asked for."""

    id: UUID
    name: str
    scope: Whose
    sort: Sort
    light: Light | None
    item: str | None
    unit: str | None
    counts: TaskCounts | None


class Filters(TypedDict):
    """All my filters, of which there are few, the first saved first."""

    items: list[FilterView]


@routes.get("", query=ListFilters)
async def list_filters(call: Call[Nothing, ListFilters]) -> Answer[Filters]:
    """List the filters that I keep."""
    by = await call.staff()
    found = await filters.of_member(by.id)
    if not call.query.counts:
        return Answer({"items": [_view(each, None) for each in found]})
    return Answer({"items": [_view(each, await _counts(each, by, call.now)) for each in found]})


@routes.post(
    "",
    body=SaveFilter,
    status=201,
    errors=(FilterNameTaken, FiltersTooMany, ItemNotKnown, UnitNotMine, DatesReversed),
    about_staff=True,
)
async def save_filter(call: Call[SaveFilter, NoQuery]) -> Answer[FilterView]:
    """Keep filters of the to-do under a name."""
    given = call.body
    wanted = Wanted(
        whose=given.scope,
        sort=given.sort,
        light=given.light,
        first=given.from_,
        last=given.to,
        item=given.item,
        unit=given.unit,
    )
    saved = await filters.save(given.name, wanted, by=await call.staff(), now=call.now)
    return Answer(_view(saved, None), status=201)


@routes.delete("/<filter_id:uuid>", status=204, errors=(FilterNotFound,))
async def delete_filter(call: Call[Nothing, NoQuery], filter_id: UUID) -> Answer[None]:
    """Keep a filter no longer."""
    await filters.delete(filter_id, by=await call.staff())
    return Answer()


async def _counts(saved: Saved, by: StaffActor, now: datetime) -> TaskCounts:
    return (await listing.to_do(by, saved.wanted, limit=0, now=now)).counts


def _view(saved: Saved, counts: TaskCounts | None) -> FilterView:
    wanted = saved.wanted
    return {
        "id": saved.id,
        "name": saved.name,
        "scope": wanted.whose,
        "sort": wanted.sort,
        "light": wanted.light,
        "from": wanted.first,
        "to": wanted.last,
        "item": wanted.item,
        "unit": wanted.unit,
        "counts": counts,
    }
