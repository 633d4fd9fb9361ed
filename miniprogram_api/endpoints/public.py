"""What anybody may ask who holds a case's number and query code; nothing personal is in it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from backend.audit.log import Act
from backend.cases.reading import public
from backend.cases.record import shown
from backend.cases.record.shown import Shown
from backend.cases.record.snapshot import Event
from backend.cases.rules.refusals import CaseNotFound, QueryLocked
from backend.cases.rules.said import Public
from backend.http import addresses
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from backend.http.views import cases
from backend.http.views.cases import Due, ItemName, Moment
from models import CaseStatus

routes = Routes("public", prefix="/api/v1/public", guard=Guard.OPEN)


class QueryCase(Body):
    """As on the receipt."""

    number: Annotated[str, Field(pattern=r"^[0-9]{21}$")]
    query_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class PublicCase(TypedDict):
    """How a case stands, without form, names, papers or reasons."""

    number: str
    item: ItemName
    status: CaseStatus
    status_text: str
    due: Due
    timeline: list[Moment]


@routes.post(
    "/cases/_query",
    body=QueryCase,
    keyed=Keyed.NO,
    records=(Act.QUERY_CASE,),
    errors=(CaseNotFound, QueryLocked),
)
async def query_case(call: Call[QueryCase, NoQuery]) -> Answer[PublicCase]:
    """Ask how a case stands by its number and query code, without logging in."""
    address = addresses.network(call.request)
    case = await public.query(call.body.number, call.body.query_code, address=address, now=call.now)
    return Answer(_view(shown.of(case), call.now))


def _view(case: Shown, now: datetime) -> PublicCase:
    whole = cases.summary(case.line, now)
    return {
        "number": whole["number"],
        "item": whole["item"],
        "status": whole["status"],
        "status_text": whole["status_text"],
        "due": whole["due"],
        "timeline": cases.moments(case, [_said_to_all(event) for event in case.events_told]),
    }


def _said_to_all(event: Event) -> Event:
    """Of what is told the applicant, only how the result is delivered."""
    told: Public = {"method": event.public["method"]} if "method" in event.public else {}
    return event._replace(public=told)
