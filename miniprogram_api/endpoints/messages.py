"""The resident's inbox, and the consents that let WeChat bring copies of it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from backend.http import pages
from backend.http.answers import Answer
from backend.http.body import Body, Query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Page
from backend.http.routes import Routes
from backend.http.views.listing import Listing
from backend.http.views.times import local
from backend.messages import operations, planning, queries
from backend.messages.planning import Planned, Purpose
from config.database import one_moment
from models import Channel, DeliveryStatus

routes = Routes(
    "resident_messages", prefix="/api/v1", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


Kind = Literal[
    "case.submit",
    "case.accept",
    "case.decline",
    "case.request_supplement",
    "case.supplement",
    "case.pass",
    "case.return",
    "case.approve",
    "case.deny",
    "case.deliver",
    "case.close",
    "case.withdraw",
    "appointment.book",
    "appointment.reschedule",
    "appointment.cancel",
    "appointment.close",
]


class ListMessages(Page):
    """All messages, or with `unread=true` those not read yet."""

    unread: bool = False


class DeliveryView(BaseModel):
    """A copy on another channel; `at` is when it was handed over, or else written."""

    channel: Channel
    status: DeliveryStatus
    at: datetime


class MessageView(BaseModel):
    """A line of the inbox."""

    id: UUID
    kind: Kind
    title: str
    body: str
    at: datetime
    read_at: datetime | None
    case_id: UUID | None
    appointment_id: UUID | None
    deliveries: list[DeliveryView]


class Inbox(Listing[MessageView]):
    """One page of the inbox, and how many messages are unread in all of it."""

    unread: int


class AskPlan(Query):
    """What the resident is about to do, and for which item."""

    purpose: Purpose
    item: Annotated[str, Field(min_length=1, max_length=50)] | None = None


class PlannedView(BaseModel):
    """A template, how many of its messages lie ahead, how many we may send, whether to ask now."""

    template_id: str
    title: str
    expected_messages: int
    balance: int
    ask: bool


class Plan(BaseModel):
    """Hand the ids with `ask` to wx.requestSubscribeMessage."""

    templates: list[PlannedView]


class Subscriptions(Body):
    """What wx.requestSubscribeMessage answered, by template id."""

    results: Annotated[
        dict[
            Annotated[str, Field(max_length=64)],
            Annotated[str, Field(max_length=32)],
        ],
        Field(min_length=1, max_length=20),
    ]


@routes.get("/messages", query=ListMessages, answer=Inbox)
async def list_messages(call: Call[Nothing, ListMessages]) -> Answer:
    """List my messages, newest first."""
    async with one_moment():
        rows = await queries.list_of_resident(
            call.who,
            unread=call.query.unread,
            before=pages.position_uuid(call.query),
            limit=call.query.limit + 1,
        )
        unread = await queries.unread_of_resident(call.who)
    kept, following = pages.cut(rows, call.query, lambda row: str(row["id"]))
    return Answer(pages.listing([_message(row) for row in kept], following, unread=unread))


@routes.post("/messages/<message_id:uuid>/read", status=204, errors=("message_not_found",))
async def read_message(call: Call[Nothing, NoQuery], message_id: UUID) -> Answer:
    """Mark one of my messages as read."""
    await operations.read(message_id, by=call.who)
    return Answer()


@routes.get("/subscriptions/plan", query=AskPlan, answer=Plan, errors=("item_not_found",))
async def plan_subscriptions(call: Call[Nothing, AskPlan]) -> Answer:
    """Tell which subscribe messages to ask for at this tap."""
    planned = await planning.plan(call.who, call.query.purpose, item=call.query.item)
    return Answer({"templates": [_planned(each) for each in planned]})


@routes.post("/subscriptions", body=Subscriptions, status=204, errors=("template_unknown",))
async def subscribe(call: Call[Subscriptions, NoQuery]) -> Answer:
    """Tell what I answered when WeChat asked; a hint until WeChat confirms it."""
    await operations.subscribe(call.body.results, by=call.who)
    return Answer()


def _message(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "title": row["title"],
        "body": row["body"],
        "at": local(row["created_at"]),
        "read_at": local(row["read_at"]),
        "case_id": _text(row["case_id"]),
        "appointment_id": _text(row["appointment_id"]),
        "deliveries": [
            each | {"at": local(datetime.fromisoformat(each["at"]))} for each in row["deliveries"]
        ],
    }


def _text(identifier: UUID | None) -> str | None:
    return None if identifier is None else str(identifier)


def _planned(planned: Planned) -> dict[str, Any]:
    return {
        "template_id": planned.template.id,
        "title": planned.template.title,
        "expected_messages": planned.expected_messages,
        "balance": planned.balance,
        "ask": planned.ask,
    }
