"""Administering one's subtree: its units, its offices' closed days, and what is published there."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend.administration import offices, units
from backend.administration.refusals import ClosureDayRefused, ClosureNotFound, UnitNotFound
from backend.appointments.acts.closures import REASON_MAX
from backend.appointments.reading.queries import ManagedOffice
from backend.appointments.rules.refusals import OfficeNotFound
from backend.audit import Act
from backend.http import pages
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.staff_api.admin_views import (
    ClosureView,
    HitView,
    ManagedItemView,
    ManagedOfficeView,
    ManagedUnitView,
    closure_view,
    hit_view,
    item_view,
    office_view,
    unit_view,
)
from config import days
from config.texts import VISIBLE

routes = Routes("admin_units", prefix="/api/v1/staff/admin", guard=Guard.ADMIN)

CLOSURES = "/offices/<office_id:uuid>/closures"


class ListUnits(Page):
    """All units of my subtree, or those right below one."""

    parent: Annotated[str, Field(min_length=1, max_length=24)] | None = None


class ListManagedOffices(Page):
    """All offices of my subtree, or those of a unit's code or with a part of the name."""

    q: Annotated[str, Field(min_length=1, max_length=40)] | None = None


class ListManagedItems(Page):
    """Which page of them."""


class CloseOffice(Body):
    """Which day and why, as the residents are told; a dry run only tells what it would hit."""

    day: Annotated[date, Field(strict=False)]
    reason: Annotated[str, Field(min_length=1, max_length=REASON_MAX, pattern=r"\S"), VISIBLE]
    dry_run: bool


class Closures(TypedDict):
    """The days ahead on which the office is closed."""

    items: list[ClosureView]


class OfficeClosed(TypedDict):
    """What closing would hit, or how many appointments it cancelled."""

    day: date
    dry_run: bool
    cancelled: int
    appointments: list[HitView]


class OfficeReopened(TypedDict):
    """How many seats can be booked again."""

    day: date
    seats: int


@routes.get(
    "/units",
    query=ListUnits,
    errors=(UnitNotFound,),
    unrecorded="names units and those who administer them",
)
async def list_units(call: Call[Nothing, ListUnits]) -> Answer[Listing[ManagedUnitView]]:
    """List the units of my subtree by code."""
    found = await units.page(
        await call.staff(),
        parent=call.query.parent,
        after=pages.position(call.query),
        limit=call.query.limit + 1,
        now=call.now,
    )
    kept, following = pages.cut(found, call.query, lambda managed: managed.unit.code)
    return Answer({"items": [unit_view(each) for each in kept], "next_cursor": following})


@routes.get("/offices", query=ListManagedOffices, unrecorded="names offices")
async def list_managed_offices(
    call: Call[Nothing, ListManagedOffices],
) -> Answer[Listing[ManagedOfficeView]]:
    """List the offices of my subtree by unit, with the days ahead on which they are closed."""
    found = await offices.managed(await call.staff(), call.query.q, now=call.now)
    after = pages.position(call.query)
    rest = [office for office in found if after is None or _place(office) > after]
    kept, following = pages.cut(rest, call.query, _place)
    return Answer({"items": [office_view(each) for each in kept], "next_cursor": following})


@routes.get(CLOSURES, errors=(OfficeNotFound,), unrecorded="names days")
async def list_closures(call: Call[Nothing, NoQuery], office_id: UUID) -> Answer[Closures]:
    """List the days ahead on which an office of my subtree is closed."""
    found = await offices.closed(await call.staff(), office_id, now=call.now)
    return Answer({"items": [closure_view(each) for each in found]})


@routes.post(
    CLOSURES,
    keyed=Keyed.AFTER,
    asks="closing",
    body=CloseOffice,
    errors=(OfficeNotFound, ClosureDayRefused),
    records=(Act.CLOSE_OFFICE,),
)
async def close_office(call: Call[CloseOffice, NoQuery], office_id: UUID) -> Answer[OfficeClosed]:
    """Close an office for a day and tell each resident, or tell in a dry run whom it would hit."""
    by, asked = await call.staff(), call.body
    hit = await offices.hit(by, office_id, asked.day, now=call.now)
    cancelled = 0
    if not asked.dry_run:
        cancelled = await offices.close(
            by, office_id, asked.day, reason=asked.reason.strip(), now=call.now
        )
    shown = [hit_view(each) for each in hit]
    return Answer(
        {
            "day": asked.day,
            "dry_run": asked.dry_run,
            "cancelled": cancelled,
            "appointments": shown,
        }
    )


@routes.delete(
    f"{CLOSURES}/<day:str>",
    errors=(OfficeNotFound, ClosureNotFound),
    records=(Act.REOPEN_OFFICE,),
)
async def reopen_office(
    call: Call[Nothing, NoQuery], office_id: UUID, day: str
) -> Answer[OfficeReopened]:
    """Open an office again on a day it was closed for; what was cancelled stays cancelled."""
    try:
        when = days.day(day)
    except ValueError:
        raise ClosureNotFound from None
    seats = await offices.reopen(await call.staff(), office_id, when, now=call.now)
    return Answer({"day": when, "seats": seats})


@routes.get("/items", query=ListManagedItems, unrecorded="names items")
async def list_managed_items(
    call: Call[Nothing, ListManagedItems],
) -> Answer[Listing[ManagedItemView]]:
    """List the published items that a unit of my subtree takes part in, by code."""
    found = await units.items(await call.staff(), after=pages.position(call.query), now=call.now)
    kept, following = pages.cut(found, call.query, lambda item: item.code)
    return Answer({"items": [item_view(each) for each in kept], "next_cursor": following})


def _place(office: ManagedOffice) -> str:
    return f"{office.unit_code} {office.id.hex}"
