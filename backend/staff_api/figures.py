"""Figures for whoever supervises."""

from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from backend.http.answers import Answer
from backend.http.body import Query
from backend.http.call import Call, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.http.views import cases
from backend.http.views.cases import UnitView
from backend.window import figures

routes = Routes(
    "staff_figures",
    prefix="/api/v1/staff/figures",
    guard=Guard.STAFF,
    unrecorded="counts, of nobody in particular",
)


class LastDays(Query):
    """How many days, today included."""

    days: Annotated[int, Field(ge=1, le=31)] = 7


class VolumeView(TypedDict):
    """How much a unit looked up on a day, and how much it usually does."""

    day: date
    unit: UnitView
    reveals: int
    searches: int
    usual_reveals: float
    usual_searches: float
    unusual: bool


class VolumeListing(TypedDict):
    """Each unit, and of each its newest day first."""

    items: list[VolumeView]


@routes.get("/accesses", query=LastDays)
async def list_access_volumes(call: Call[Nothing, LastDays]) -> Answer[VolumeListing]:
    """List how much the units below my supervisor's posts revealed and searched, by day."""
    found = await figures.volumes(await call.staff(), days=call.query.days, now=call.now)
    return Answer(
        {
            "items": [
                {
                    "day": each.day,
                    "unit": cases.unit_view(each.unit_code),
                    "reveals": each.reveals,
                    "searches": each.searches,
                    "usual_reveals": each.usual_reveals,
                    "usual_searches": each.usual_searches,
                    "unusual": each.unusual,
                }
                for each in found
            ]
        }
    )
