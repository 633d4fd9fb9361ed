"""A message is in one inbox: a resident's, one of the staff's, a unit's role's, a program's."""

from dataclasses import replace
from typing import Any

import pytest
from tortoise.exceptions import BaseORMException
from tortoise.transactions import in_transaction

from config import clock
from config.database import connection
from models import Delivery, Message, MessageRead, RecipientKind, Role, Staff, uuid7
from notifications.telling import outbox, recipients
from notifications.telling.recipients import Recipient
from tests.notifications.factories import a_resident, an_outgoing

pytestmark = pytest.mark.usefixtures("city")
UNIT, SOMEBODY = "210102001001", uuid7()
NAMED = ("resident_id", "person_id", "staff_id", "unit_id", "role", "system")


async def somebody() -> Staff:
    return await Staff.create(name_sealed=b"x", created_at=clock.now())


async def told(*recipients: Recipient) -> list[Message]:
    plain = replace(an_outgoing(await a_resident()), copy=None)
    async with in_transaction():
        await outbox.enqueue(*(replace(plain, to=each) for each in recipients))
    return await Message.all().order_by("id")


async def test_each_kind_of_recipient_is_named_by_its_own_columns() -> None:
    resident, staff = await a_resident(), await somebody()

    written = await told(
        recipients.Resident(resident.id),
        recipients.Person(SOMEBODY),
        recipients.Staff(staff.id),
        recipients.UnitRole(UNIT, Role.CLERK),
        recipients.System("archive"),
    )

    assert [
        (each.recipient, {name: value for name in NAMED if (value := getattr(each, name))})
        for each in written
    ] == [
        (RecipientKind.RESIDENT, {"resident_id": resident.id}),
        (RecipientKind.PERSON, {"person_id": SOMEBODY}),
        (RecipientKind.STAFF, {"staff_id": staff.id}),
        (RecipientKind.UNIT_ROLE, {"unit_id": UNIT, "role": Role.CLERK}),
        (RecipientKind.SYSTEM, {"system": "archive"}),
    ]


async def test_of_several_messages_of_a_change_those_with_a_copy_are_sent() -> None:
    resident = await a_resident()
    to_unit = replace(an_outgoing(resident), to=recipients.UnitRole(UNIT, Role.CLERK), copy=None)

    async with in_transaction():
        await outbox.enqueue(an_outgoing(resident), to_unit)

    delivery = await Delivery.get()
    message = await Message.get(resident_id=resident.id)
    assert await Message.all().count() == 2
    assert (delivery.message_id, delivery.resident_id) == (message.id, resident.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"resident_id": None},
        {"recipient": "staff"},
        {"recipient": "person"},
        {"person_id": SOMEBODY},
        {"recipient": "nobody"},
        {"unit_id": UNIT, "role": "clerk"},
        {"recipient": "unit_role", "resident_id": None, "unit_id": UNIT},
        {"recipient": "unit_role", "resident_id": None, "role": "clerk"},
        {"recipient": "system", "resident_id": None},
        {"recipient": "nobody", "resident_id": None},
    ],
)
async def test_the_database_refuses_a_recipient_that_is_not_one(wrong: dict[str, Any]) -> None:
    (message,) = await told(recipients.Resident((await a_resident()).id))
    changes = ", ".join(f"{name} = ${number}" for number, name in enumerate(wrong, 2))

    with pytest.raises(BaseORMException, match="message_has_its_recipient"):
        await connection().execute_query(
            f"UPDATE message SET {changes} WHERE id = $1", [message.id, *wrong.values()]
        )


async def test_what_staff_have_read_is_not_written_into_the_message() -> None:
    (message,) = await told(recipients.UnitRole(UNIT, Role.CLERK))

    with pytest.raises(BaseORMException, match="message_read_by_resident"):
        await Message.filter(id=message.id).update(read_at=clock.now())


async def test_a_member_of_staff_reads_a_message_once() -> None:
    (message,), staff = await told(recipients.UnitRole(UNIT, Role.CLERK)), await somebody()
    await MessageRead.create(message=message, staff=staff, created_at=clock.now())

    with pytest.raises(BaseORMException, match="message_read_once"):
        await MessageRead.create(id=uuid7(), message=message, staff=staff, created_at=clock.now())
