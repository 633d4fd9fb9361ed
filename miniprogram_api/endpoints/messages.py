"""The resident's inbox, and the consents that let WeChat bring copies of it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend.catalogue.refusals import ItemNotFound
from backend.http import pages
from backend.http.answers import Answer
from backend.http.body import Body, Query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Page
from backend.http.routes import Routes
from backend.http.views.messages import MessageView, message_view
from backend.messages import operations, planning, queries
from backend.messages.planning import Planned, Purpose
from backend.messages.refusals import MessageNotFound, TemplateUnknown
from config.database import one_moment
from models import Importance

routes = Routes(
    "resident_messages", prefix="/api/v1", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


class ListMessages(Page):
    """All messages, or with `unread=true` those not read yet."""

    unread: bool = False


class Inbox(TypedDict):
    """One page of the inbox, and how many messages are unread in all of it."""

    items: list[MessageView]
    next_cursor: str | None
    unread: int


class AskPlan(Query):
    """At which tap it is asked, and for which item it is submitted or booked."""

    purpose: Purpose
    item: Annotated[str, Field(min_length=1, max_length=50)] | None = None


class PlannedView(TypedDict):
    """A template, how many of its messages lie ahead, how many we may send, whether to ask now.

    `importance` is of the most that they tell; `why` is a sentence to show beside the question.
    """

    template_id: str
    title: str
    expected_messages: int
    balance: int
    ask: bool
    importance: Importance
    why: str


class Plan(TypedDict):
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


@routes.get("/messages", query=ListMessages)
async def list_messages(call: Call[Nothing, ListMessages]) -> Answer[Inbox]:
    """List my messages, newest first."""
    async with one_moment():
        found = await queries.list_of_resident(
            call.who,
            unread=call.query.unread,
            before=pages.position_uuid(call.query),
            limit=call.query.limit + 1,
        )
        unread = await queries.unread_of_resident(call.who)
    kept, following = pages.cut(found, call.query, lambda message: str(message.id))
    shown = [message_view(message) for message in kept]
    return Answer({"items": shown, "next_cursor": following, "unread": unread})


@routes.post("/messages/<message_id:uuid>/read", status=204, errors=(MessageNotFound,))
async def read_message(call: Call[Nothing, NoQuery], message_id: UUID) -> Answer[None]:
    """Mark one of my messages as read."""
    await operations.read(message_id, resident_id=call.who, now=call.now)
    return Answer()


@routes.get("/subscriptions/plan", query=AskPlan, errors=(ItemNotFound,))
async def plan_subscriptions(call: Call[Nothing, AskPlan]) -> Answer[Plan]:
    """Tell which subscribe messages to ask for at this tap."""
    planned = await planning.plan(call.who, call.query.purpose, item=call.query.item)
    return Answer({"templates": [_planned(each) for each in planned]})


@routes.post("/subscriptions", body=Subscriptions, status=204, errors=(TemplateUnknown,))
async def subscribe(call: Call[Subscriptions, NoQuery]) -> Answer[None]:
    """Tell what I answered when WeChat asked; a hint until WeChat confirms it."""
    await operations.subscribe(call.body.results, resident_id=call.who, now=call.now)
    return Answer()


def _planned(planned: Planned) -> PlannedView:
    return {
        "template_id": planned.template.id,
        "title": planned.template.title,
        "expected_messages": planned.expected_messages,
        "balance": planned.balance,
        "ask": planned.ask,
        "importance": planned.importance,
        "why": planned.why,
    }
