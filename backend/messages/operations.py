"""What a resident does about messages: read one, say which ones WeChat may bring."""

from collections.abc import Mapping
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.errors import Invalid, InvalidParam, NotFound
from config.database import connection
from notifications.channels.wechat import credit
from notifications.channels.wechat.templates import by_id
from notifications.telling import outbox

READ = """
UPDATE message SET read_at = coalesce(read_at, now())
WHERE id = $1 AND resident_id = $2 RETURNING id
"""


async def read(message_id: UUID, *, by: UUID) -> None:
    """Mark a message as read, once; NotFound `message_not_found` if it is not the resident's."""
    if not await connection().execute_query_dict(READ, [message_id, by]):
        raise NotFound("没有找到这条消息", code="message_not_found")


async def subscribe(results: Mapping[str, str], *, by: UUID) -> None:
    """Count the taps that the client reports by WeChat's template id; Invalid for unknown ids.

    It is a hint until WeChat's own event says the same; all but accepting changes nothing.
    """
    if unknown := results.keys() - by_id().keys():
        raise Invalid(
            "没有这个消息模板",
            code="template_unknown",
            invalid_params=[
                InvalidParam(f"results.{template_id}", "template_unknown", "没有这个消息模板")
                for template_id in sorted(unknown)
            ],
        )
    accepted = [key for key, result in sorted(results.items()) if result.startswith("accept")]
    if not accepted:
        return
    async with in_transaction():
        for template_id in accepted:
            await credit.hint(by, by_id()[template_id].name)
    outbox.wake()
