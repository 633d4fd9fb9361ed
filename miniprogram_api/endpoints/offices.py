"""Offices, their days and slots, for everybody."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from pydantic import Field

from backend.appointments.plan import slots
from backend.appointments.reading import days, queries
from backend.appointments.rules.refusals import DaysInvalid, ItemNotServed, OfficeNotFound
from backend.catalogue.refusals import ItemNotFound
from backend.http import pages
from backend.http.answers import Answer, cached
from backend.http.body import Query
from backend.http.call import Call, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.refusals import CommunityUnknown
from config.clock import city_day
from config.days import NearDay
from miniprogram_api.endpoints.appointment_views import (
    Days,
    OpenOfficeView,
    Slots,
    day_view,
    open_office_view,
    slot_view,
)
from miniprogram_api.endpoints.where import Where

routes = Routes("offices", prefix="/api/v1", guard=Guard.OPEN, unrecorded="says nothing of anybody")

ItemCode = Annotated[str, Field(min_length=1, max_length=50)]


DAYS_SECONDS = 15


class ListOffices(Page, Where):
    """Offices that serve an item, for a resident of a community, or near a place."""

    item: ItemCode | None = None
    community: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None


class ListSlots(Query):
    """A day in the city, today if not given; `item` asks whether the office serves it at all."""

    date: NearDay | None = None
    item: ItemCode | None = None


class ListDays(Query):
    """From a day to a day, both included, at most 31; the next two weeks if not given."""

    from_: Annotated[NearDay | None, Field(alias="from")] = None
    to: NearDay | None = None
    item: ItemCode | None = None


@routes.get(
    "/offices",
    query=ListOffices,
    errors=(ItemNotFound, CommunityUnknown),
)
async def list_offices(call: Call[Nothing, ListOffices]) -> Answer[Listing[OpenOfficeView]]:
    """List offices, nearest first; with a community its own and those above it."""
    found = await queries.offices(
        item_code=call.query.item,
        community_code=call.query.community,
        near=call.query.near,
        after=pages.position_uuid(call.query),
        limit=call.query.limit + 1,
    )
    kept, following = pages.cut(found, call.query, lambda one: str(one.office.id))
    return Answer({"items": [open_office_view(one) for one in kept], "next_cursor": following})


@routes.get(
    "/offices/<office_id:uuid>/slots",
    query=ListSlots,
    errors=(OfficeNotFound, ItemNotFound, ItemNotServed),
)
async def list_slots(call: Call[Nothing, ListSlots], office_id: UUID) -> Answer[Slots]:
    """List the slots of an office on a day that have not begun."""
    day = call.query.date or city_day(call.now)
    found = await queries.slots_of_office(office_id, day, now=call.now, item_code=call.query.item)
    return Answer({"items": [slot_view(slot) for slot in found]})


@routes.get(
    "/offices/<office_id:uuid>/days",
    query=ListDays,
    etag=True,
    errors=(OfficeNotFound, ItemNotFound, ItemNotServed, DaysInvalid),
)
async def list_days(call: Call[Nothing, ListDays], office_id: UUID) -> Answer[Days]:
    """List the days of an office: which are open, and how many seats are free."""
    first = call.query.from_ or city_day(call.now)
    last = call.query.to or first + dt.timedelta(days=slots.DAYS_AHEAD)
    found = await days.of_office(office_id, first, last, now=call.now, item_code=call.query.item)
    return cached({"items": [day_view(day) for day in found]}, seconds=DAYS_SECONDS)
