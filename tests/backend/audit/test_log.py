"""Who is said to have done what, from where: what a record holds, and when there is one."""

import asyncio
from typing import Any

import pytest

from backend import audit
from backend.appointments.rules.refusals import SlotFull
from backend.audit import OPERATOR, Act, Actor, Origin
from backend.audit.log import UNKNOWN
from backend.audit.purposes import AccessPurpose
from backend.errors import ServiceError
from backend.refusals import StorageFull, Unavailable
from config import database, vault
from models import AccessRecord, uuid7

pytestmark = pytest.mark.usefixtures("database")
RESIDENT = uuid7()


async def recorded() -> list[dict[str, Any]]:
    return await AccessRecord.all().order_by("seq").values()


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (OPERATOR, ("operator", None, [])),
        (UNKNOWN, ("unknown", None, [])),
        (Actor("resident", RESIDENT), ("resident", RESIDENT, [])),
        (
            Actor("staff", RESIDENT, ("u:clerk", "v:admin")),
            ("staff", RESIDENT, ["u:clerk", "v:admin"]),
        ),
    ],
)
async def test_whoever_acts_is_named_as_what_they_are(by: Actor, expected: tuple[Any, ...]) -> None:
    await audit.record(Act.LOG_IN, by=by)
    (row,) = await recorded()
    assert (row["actor"], row["actor_id"], row["posts"]) == expected
    assert (row["object_kind"], row["object_id"], row["resident_id"], row["purpose"]) == (
        *(None, None, None, None),
    )
    assert row["details"] == {}


async def test_a_record_says_on_what_for_whom_and_what_for() -> None:
    await audit.record(
        Act.REVEAL,
        by=OPERATOR,
        on=("person", RESIDENT),
        resident=str(RESIDENT),
        purpose=AccessPurpose.CONTACT,
        details={"fields": ["phone"], "数": 2, "none": None},
    )
    await audit.record(Act.OPEN_STAFF, by=OPERATOR, on=("item", "SP-MZ-001"))
    first, second = await recorded()
    assert (first["action"], first["object_kind"], first["object_id"]) == (
        *("reveal", "person", str(RESIDENT)),
    )
    assert (first["resident_id"], first["purpose"]) == (RESIDENT, "contact")
    assert first["details"] == {"fields": ["phone"], "数": 2, "none": None}
    assert (second["object_kind"], second["object_id"]) == ("item", "SP-MZ-001")


async def test_each_task_has_its_own_origin_and_a_command_none() -> None:
    async def acting(number: int) -> None:
        audit.come_from(Origin(f"request-{number}", f"192.0.2.{number}", "agent"))
        await asyncio.sleep(0)
        await audit.record(Act.LOG_IN, by=OPERATOR, details={"number": number})

    await asyncio.gather(*(acting(number) for number in range(4)))
    rows = await recorded()
    assert {row["request_id"]: row["details"]["number"] for row in rows} == {
        f"request-{number}": number for number in range(4)
    }
    assert len({row["address_hash"] for row in rows}) == 4
    assert not any("192.0.2" in str(row) or "agent" in str(row) for row in rows)
    plain = Origin("command")
    assert (plain.address_hash, plain.agent) == (None, None)
    assert Origin("a", "").address_hash is None
    assert Origin("a", "192.0.2.1").address_hash == vault.blind("address", "192.0.2.1")


async def test_what_is_undone_leaves_no_record_and_what_is_done_one() -> None:
    async def fails() -> None:
        async with database.transaction():
            await audit.record(Act.LOG_IN, by=OPERATOR)
            raise SlotFull

    with pytest.raises(SlotFull):
        await fails()
    assert await recorded() == []
    async with database.transaction():
        await audit.record(Act.LOG_IN, by=OPERATOR)
        await audit.record(Act.LOG_OUT, by=OPERATOR)
    assert [row["action"] for row in await recorded()] == ["log_in", "log_out"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SlotFull(), [{"code": "slot_full"}]),
        (StorageFull(), [{"code": "storage_full"}]),
        (Unavailable(), []),
        (ValueError("x"), []),
    ],
)
async def test_what_is_refused_is_recorded_unless_it_may_be_tried_again(
    error: Exception, told: list[dict[str, str]]
) -> None:
    with pytest.raises(type(error)) as raised:
        async with audit.attempt(Act.BIND_REFUSED, by=Actor("staff", RESIDENT)):
            raise error
    assert raised.value is error
    rows = await recorded()
    assert [row["details"] for row in rows] == told
    assert {(row["action"], row["actor"], row["actor_id"]) for row in rows} <= {
        ("bind_refused", "staff", RESIDENT)
    }


async def test_what_is_not_refused_is_recorded_by_whoever_did_it() -> None:
    async with audit.attempt(Act.LOG_IN_REFUSED):
        pass
    assert await recorded() == []
    with pytest.raises(ServiceError):
        async with audit.attempt(Act.LOG_IN_REFUSED):
            raise SlotFull
    (row,) = await recorded()
    assert (row["actor"], row["actor_id"]) == ("unknown", None)


async def test_many_at_once_are_written_in_their_order_each_once() -> None:
    await asyncio.gather(
        *(audit.record(Act.LOG_IN, by=OPERATOR, details={"n": n}) for n in range(150))
    )
    rows = await recorded()
    assert [row["details"]["n"] for row in rows] == list(range(150))
    assert [row["seq"] for row in rows] == list(range(1, 151))
