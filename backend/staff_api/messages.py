"""The inbox of a member of staff: what came to the units and roles of their posts."""

from uuid import UUID

from typing_extensions import TypedDict

from backend.http import pages
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Page
from backend.http.routes import Routes
from backend.http.views.messages import StaffMessageView, staff_message_view
from backend.messages import operations, queries
from backend.messages.refusals import MessageNotFound
from config.database import one_moment

routes = Routes(
    "staff_messages",
    prefix="/api/v1/staff",
    guard=Guard.STAFF,
    unrecorded="names an item and a number, and nobody",
)


class ListStaffMessages(Page):
    """All messages, or with `unread=true` those I have not read yet."""

    unread: bool = False


class StaffInbox(TypedDict):
    """One page of the inbox, and how many messages are unread in all of it."""

    items: list[StaffMessageView]
    next_cursor: str | None
    unread: int


@routes.get("/messages", query=ListStaffMessages)
async def list_staff_messages(call: Call[Nothing, ListStaffMessages]) -> Answer[StaffInbox]:
    """List what I and my posts were told, newest first."""
    by = await call.staff()
    async with one_moment():
        found = await queries.list_of_staff(
            by,
            unread=call.query.unread,
            before=pages.position_uuid(call.query),
            limit=call.query.limit + 1,
        )
        unread = await queries.unread_of_staff(by)
    kept, following = pages.cut(found, call.query, lambda message: str(message.id))
    shown = [staff_message_view(message) for message in kept]
    return Answer({"items": shown, "next_cursor": following, "unread": unread})


@routes.post("/messages/<message_id:uuid>/read", status=204, errors=(MessageNotFound,))
async def read_staff_message(call: Call[Nothing, NoQuery], message_id: UUID) -> Answer[None]:
    """Mark a message as read by me."""
    await operations.read_by_staff(message_id, by=await call.staff(), now=call.now)
    return Answer()
