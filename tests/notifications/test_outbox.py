"""Messages and deliveries come with the change, or not at all."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

from config.database import connection
from config.redis import redis
from models import Delivery, DeliveryStatus, Message, uuid7
from notifications.telling import outbox
from notifications.telling.outgoing import payload
from notifications.telling.statements import message_rows
from tests.notifications.factories import a_resident, an_outgoing
from tests.waiting import wakes_of_its_own

pytestmark = pytest.mark.usefixtures("database")
GATED = f"""WITH change AS (UPDATE resident SET phone_hash = 'changed' WHERE id = $2 RETURNING id),
{message_rows("$1", "change")} SELECT message_row.id FROM message_row"""


async def test_enqueue_writes_the_inbox_line_and_its_copy() -> None:
    outgoing = an_outgoing(await a_resident())

    async with in_transaction():
        await outbox.enqueue(outgoing)

    message = await Message.get()
    delivery = await Delivery.get(message=message)
    assert (message.kind, message.title, message.body) == (
        outgoing.kind,
        outgoing.title,
        outgoing.body,
    )
    assert message.read_at is None
    assert delivery.status is DeliveryStatus.PENDING
    assert outgoing.copy
    assert (delivery.template, delivery.data) == (outgoing.copy.template, outgoing.copy.data)
    assert message.created_at == delivery.created_at == outgoing.at
    assert delivery.expires_at - outgoing.at == timedelta(hours=24)


async def test_a_change_rolled_back_takes_its_message_with_it() -> None:
    outgoing = an_outgoing(await a_resident())

    with suppress(KeyError):
        async with in_transaction():
            await outbox.enqueue(outgoing)
            raise KeyError

    assert await Message.all().count() == 0
    assert await Delivery.all().count() == 0


async def test_a_hot_path_writes_only_when_its_gate_opened() -> None:
    resident = await a_resident()
    written = payload(an_outgoing(resident))

    shut = await connection().execute_query_dict(GATED, [written, uuid7()])
    opened = await connection().execute_query_dict(GATED, [written, resident.id])

    message = await Message.get()
    assert shut == []
    assert [row["id"] for row in opened] == [message.id]
    assert await Delivery.filter(message=message).count() == 1


async def test_wakes_in_a_row_become_few_signals_and_the_last_is_not_lost() -> None:
    with wakes_of_its_own() as channel:
        async with redis().pubsub() as subscription:
            await subscription.subscribe(channel)
            await subscription.get_message(timeout=5)
            for _ in range(100):
                outbox.wake()
            heard = [await subscription.get_message(ignore_subscribe_messages=True, timeout=5)]
            outbox.wake()
            heard += [await subscription.get_message(ignore_subscribe_messages=True, timeout=5)]
            await asyncio.sleep(0)
            extra = await subscription.get_message(ignore_subscribe_messages=True, timeout=0)

    assert [bool(signal) for signal in heard] == [True, True]
    assert extra is None
