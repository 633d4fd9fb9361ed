"""What people do about messages: read one, say which ones WeChat may bring."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.identity.actors import StaffActor
from backend.messages import queries, statements
from backend.messages.refusals import MessageNotFound, TemplateUnknown
from config.database import connection
from notifications.channels.wechat import credit
from notifications.channels.wechat.templates import by_id
from notifications.telling import outbox


async def read(message_id: UUID, *, resident_id: UUID, now: datetime) -> None:
    """Mark a message as read, once, for the person; MessageNotFound if not in the inbox."""
    if not await connection().execute_query_dict(statements.READ, [resident_id, message_id, now]):
        raise MessageNotFound


async def read_by_staff(message_id: UUID, *, by: StaffActor, now: datetime) -> None:
    """Mark a message as read by this member of staff, once; colleagues have theirs to read.

    MessageNotFound if it is not in their inbox.
    """
    given = [*queries.inbox_of(by), message_id, now]
    if not await connection().execute_query_dict(statements.STAFF_READ, given):
        raise MessageNotFound


async def forget(*, now: datetime) -> int:
    """Delete what staff were told long ago, read or not; how many."""
    async with in_transaction():
        await connection().execute_query_dict(statements.FORGET_COPIES, [now])
        return len(await connection().execute_query_dict(statements.FORGET_STAFFS, [now]))


async def subscribe(results: Mapping[str, str], *, resident_id: UUID, now: datetime) -> None:
    """Count the taps that the client reports by WeChat's template id; TemplateUnknown otherwise.

    It is a hint until WeChat's own event says the same; all but accepting changes nothing.
    """
    if unknown := results.keys() - by_id().keys():
        raise TemplateUnknown(sorted(unknown))
    accepted = [key for key, result in sorted(results.items()) if result.startswith("accept")]
    if not accepted:
        return
    async with in_transaction():
        for template_id in accepted:
            await credit.hint(resident_id, by_id()[template_id].name, now=now)
    outbox.wake()
