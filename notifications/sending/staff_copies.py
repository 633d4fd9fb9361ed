"""Copies over WeCom of what staff were told and must act on."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from config.clock import city_day
from config.database import connection
from models import Channel, RecipientKind
from notifications.channels.order import ORDER
from notifications.channels.wecom import words
from notifications.channels.wecom.statements import COPY
from notifications.sending import statements
from notifications.telling import quiet

# Any number will do, as long as every release uses the same.
TURN = 0x636F70696573
IMPORTANCES = [
    each.value for each, over in ORDER[RecipientKind.STAFF].items() if Channel.WECOM in over
]
_ALL = UUID(int=0)


async def copy_to_staff(*, now: datetime) -> int:
    """Write a copy for each of them who bound WeCom and has not read it; how many.

    Of a batch one card goes, which says how many lines there are in the inbox.

    Who of them may open the case is asked when they do: a card says what their inbox says.
    """
    async with in_transaction():
        await connection().execute_query_dict(statements.TAKE_TURN, [TURN])
        made = await connection().execute_query_dict(
            COPY,
            [
                now,
                city_day(now),
                IMPORTANCES,
                words.INBOX_PAGE,
                words.CASE_PAGE,
                quiet.until(now, _ALL),
                words.MANY,
            ],
        )
    return len(made)
