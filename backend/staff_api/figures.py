"""Figures for whoever supervises."""

from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from backend.cases.reading.to_do import transfers
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


TransferFigures = TypedDict(
    "TransferFigures",
    {
        "from": UnitView,
        "to": UnitView,
        "sent": int,
        "waiting": int,
        "accepted": int,
        "refused": int,
        "recalled": int,
        "lapsed": int,
    },
)
"""How many transfers one unit sent another, and what became of them."""


class TransferFiguresListing(TypedDict):
    """Each pair of units, those with the most refusals first."""

    items: list[TransferFigures]


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


@routes.get("/transfers", query=LastDays)
async def list_transfer_figures(call: Call[Nothing, LastDays]) -> Answer[TransferFiguresListing]:
    """List what became of transfers from and to the units that I supervise."""
    found = await transfers.figures(await call.staff(), days=call.query.days, now=call.now)
    return Answer(
        {
            "items": [
                {
                    "from": cases.unit_view(each.from_code),
                    "to": cases.unit_view(each.to_code),
                    "sent": each.sent,
                    "waiting": each.waiting,
                    "accepted": each.accepted,
                    "refused": each.refused,
                    "recalled": each.recalled,
                    "lapsed": each.lapsed,
                }
                for each in found
            ]
        }
    )
