"""Where one may live: regions and communities, for everybody."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from backend.http.answers import Answer, cached
from backend.http.body import Query
from backend.http.call import Call, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.organisation import places
from backend.organisation.places import Found, PlaceLevel, Region
from backend.organisation.queries import Unit
from backend.organisation.refusals import RegionNotFound
from config.clock import city_day
from miniprogram_api.endpoints.where import Where

KEPT_SECONDS = 300

routes = Routes(
    "places",
    prefix="/api/v1",
    guard=Guard.OPEN,
    unrecorded="places are the same for everybody",
)

PlaceCode = Annotated[str, Field(pattern=r"^[0-9]{12}$")]


class FindRegions(Query):
    """The region whose parts are wanted; the city's districts if none is named."""

    parent: PlaceCode | None = None


class FindCommunities(Where):
    """Words, pinyin or initials of community, street or district; where the resident stands."""

    q: Annotated[str, Field(max_length=64)] = ""
    district: PlaceCode | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class PlaceName(TypedDict):
    """A region by code and name."""

    code: str
    name: str


class RegionView(PlaceName):
    """A part of the city."""

    level: PlaceLevel
    has_children: bool


class Regions(TypedDict):
    """The parts of one region."""

    items: list[RegionView]


class FoundCommunity(PlaceName):
    """A community; its code is what PUT /me takes."""

    street: PlaceName
    district: PlaceName
    distance_m: int | None


class Communities(TypedDict):
    """The communities that fit, nearest or best first."""

    items: list[FoundCommunity]


@routes.get("/regions", query=FindRegions, etag=True, errors=(RegionNotFound,))
async def list_regions(call: Call[Nothing, FindRegions]) -> Answer[Regions]:
    """List the districts, or the parts of a district or street."""
    found = places.regions(call.query.parent, on=city_day(call.now))
    return cached({"items": [_region(one) for one in found]}, seconds=KEPT_SECONDS)


@routes.get("/communities", query=FindCommunities, etag=True)
async def list_communities(call: Call[Nothing, FindCommunities]) -> Answer[Communities]:
    """Find communities by name, pinyin, initials or nearness."""
    asked = call.query
    day = city_day(call.now)
    found = places.communities(
        asked.q, district=asked.district, near=asked.near, limit=asked.limit, on=day
    )
    return cached({"items": [_community(one) for one in found]}, seconds=KEPT_SECONDS)


def _name(unit: Unit) -> PlaceName:
    return {"code": unit.code, "name": unit.name}


def _region(found: Region) -> RegionView:
    return {
        **_name(found.unit),
        "level": found.level,
        "has_children": found.has_children,
    }


def _community(found: Found) -> FoundCommunity:
    return {
        **_name(found.community),
        "street": _name(found.street),
        "district": _name(found.district),
        "distance_m": found.distance_m,
    }
