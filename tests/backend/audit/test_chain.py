import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act, Actor, Origin, chain
from backend.audit.chain import Head
from backend.audit.refusals import NotRecorded
from config.database import connection
from config.outages import is_full, is_outage
from models import AccessRecord, uuid7
from tests import stage
from tests.waiting import held_up

CLERK = Actor("staff", uuid7(), ("210102001001:clerk",))
Tamper = Callable[[Any], Awaitable[Any]]


async def some_rows(number: int = 6) -> None:
    for _ in range(number):
        await audit.record(
            Act.OPEN_CASE, by=CLERK, on=("case", uuid7()), resident=uuid7(), details={"数": "甲,乙"}
        )


async def checked(*noted: Head) -> chain.Checked:
    async with stage.owner() as owner:
        return await chain.check(owner, noted=noted)


async def forge(*statements: str) -> None:
    """As somebody who has the whole server."""
    async with stage.owner() as owner:
        await owner.execute("SET session_replication_role = replica")
        for statement in statements:
            await owner.execute(statement)


async def test_a_record_says_who_did_what_on_what_and_from_where(database: None) -> None:
    audit.come_from(Origin("request-1", "203.0.113.9"))
    case, resident = uuid7(), uuid7()
    await audit.record(Act.OPEN_CASE, by=CLERK, on=("case", case), resident=resident)
    found = await AccessRecord.get()
    assert (found.seq, found.actor, found.actor_id, found.posts) == (
        1, "staff", CLERK.id, ["210102001001:clerk"],
    )  # fmt: skip
    assert (found.action, found.object_kind, found.object_id) == ("open_case", "case", str(case))
    assert (found.resident_id, found.request_id) == (resident, "request-1")
    assert found.address_hash
    assert "203.0.113.9" not in found.address_hash


async def test_a_log_as_it_was_written_is_sound_and_has_a_head(database: None) -> None:
    assert (await checked()).head.seq == 0
    await some_rows()
    found = await checked()
    last = await AccessRecord.all().order_by("-seq").first()
    assert last
    assert (found.fault, found.head, found.until) == (None, Head(6, bytes(last.hash)), last.at)
    assert Head.read(str(found.head)) == found.head


async def test_rivals_write_one_chain_without_gaps(database: None) -> None:
    await asyncio.gather(*(some_rows(5) for _ in range(12)))
    found = await checked()
    assert (found.head.seq, found.fault) == (60, None)


async def test_who_comes_at_once_is_written_at_once(database: None) -> None:
    await asyncio.gather(*(some_rows(1) for _ in range(40)))
    async with stage.owner() as owner:
        writes = await owner.fetchval("SELECT count(DISTINCT xmin::text) FROM access_log")
    assert (await checked()).head.seq == 40
    assert writes <= 2


async def test_a_record_that_cannot_be_written_keeps_no_other_from_being_written(
    database: None,
) -> None:
    faulty = audit.record(Act.OPEN_CASE, by=CLERK, purpose="长" * 65)
    heard = await asyncio.gather(
        some_rows(1), faulty, *(some_rows(1) for _ in range(8)), return_exceptions=True
    )
    assert [type(each) for each in heard if each] == [NotRecorded]
    assert (await checked()).head.seq == 9


async def test_who_gives_up_waiting_takes_no_other_along(database: None) -> None:
    async with stage.owner() as owner, owner.transaction():
        await owner.execute("SELECT pg_advisory_xact_lock(2036427619)")
        waiting = [asyncio.ensure_future(some_rows(1)) for _ in range(8)]
        await held_up(owner)
        waiting[0].cancel()
    heard = await asyncio.gather(*waiting, return_exceptions=True)
    assert [each for each in heard[1:] if each] == []
    assert isinstance(heard[0], asyncio.CancelledError)
    assert (await checked()).fault is None


async def test_a_rolled_back_record_leaves_no_gap(database: None) -> None:
    async def fail() -> None:
        async with in_transaction():
            await some_rows(1)
            raise LookupError

    await some_rows(1)
    with pytest.raises(LookupError):
        await fail()
    await some_rows(1)
    assert (await checked()).head.seq == 2


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["UPDATE access_log SET actor_id = gen_random_uuid() WHERE seq = 3"], "row 3 was altered"),
        (["UPDATE access_log SET at = at + interval '1 us' WHERE seq = 3"], "row 3 was altered"),
        (["UPDATE access_log SET resident_id = NULL WHERE seq = 3"], "row 3 was altered"),
        (["DELETE FROM access_log WHERE seq = 3"], "row 3 is missing"),
        (["DELETE FROM access_log WHERE seq = 1"], "row 1 is missing"),
        (
            [
                "DELETE FROM access_log WHERE seq = 3",
                "UPDATE access_log SET seq = 3 WHERE seq = 4",
                "UPDATE access_log SET seq = 4 WHERE seq = 5",
                "UPDATE access_log SET seq = 5 WHERE seq = 6",
            ],
            "row 3 was altered",
        ),
        (
            [
                "CREATE TEMP TABLE copy AS SELECT * FROM access_log WHERE seq = 6",
                "UPDATE copy SET seq = 7",
                "INSERT INTO access_log SELECT * FROM copy",
            ],
            "row 7 was altered, inserted",
        ),
        (
            [
                "UPDATE access_log SET seq = 99 WHERE seq = 3",
                "UPDATE access_log SET seq = 3 WHERE seq = 4",
                "UPDATE access_log SET seq = 4 WHERE seq = 99",
            ],
            "row 3 was altered",
        ),
        (
            [
                "CREATE TEMP TABLE copy AS SELECT * FROM access_log WHERE seq = 6",
                "UPDATE copy SET seq = 0",
                "INSERT INTO access_log SELECT * FROM copy",
            ],
            "row 1 is missing",
        ),
    ],
)
async def test_the_first_row_that_was_tampered_with_is_named(
    database: None, statements: list[str], fault: str
) -> None:
    await some_rows()
    await forge(*statements)
    assert fault in str((await checked()).fault)


@pytest.mark.parametrize(
    ("cut", "fault", "later"),
    [
        ("seq > 4", "rows 5 to 6 are missing", "row 5 is missing"),
        ("true", "rows 1 to 6 are missing", "row 1 is missing"),
    ],
)
async def test_a_log_that_was_cut_or_emptied_is_told_and_stays_so(
    database: None, cut: str, fault: str, later: str
) -> None:
    await some_rows()
    await forge(f"DELETE FROM access_log WHERE {cut}")
    assert str((await checked()).fault).endswith(fault)
    await some_rows(3)
    assert str((await checked()).fault).endswith(later)


async def test_a_head_that_does_not_fit_the_log_is_told(database: None) -> None:
    await some_rows()
    await forge("UPDATE access_log_head SET seq = 5")
    assert str((await checked()).fault).endswith("row 5 is not the one that was noted")
    await forge(
        "UPDATE access_log_head SET hash = (SELECT hash FROM access_log WHERE seq = 5)",
    )
    assert str((await checked()).fault).endswith("rows 6 to 6 were inserted")
    await forge("DELETE FROM access_log_head")
    assert str((await checked()).fault).endswith("the database's own note of its head is missing")


async def test_a_head_noted_elsewhere_shows_what_whoever_has_the_server_hid(
    database: None,
) -> None:
    await some_rows()
    noted = (await checked()).head
    assert (await checked(noted)).fault is None
    await forge(
        "DELETE FROM access_log WHERE seq > 4",
        "UPDATE access_log_head SET (seq, hash) = (SELECT seq, hash FROM access_log WHERE seq = 4)",
    )
    assert (await checked()).fault is None
    assert str((await checked(noted)).fault).endswith("rows 5 to 6 are missing")
    await some_rows(3)
    assert str((await checked(noted)).fault).endswith("row 6 is not the one that was noted")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_log SET actor = 'resident'",
        "DELETE FROM access_log",
        "TRUNCATE access_log",
        "UPDATE access_log_head SET seq = 0",
        "DELETE FROM access_log_head",
        "TRUNCATE access_log_head",
    ],
)
async def test_not_even_the_owner_changes_it_by_mistake(database: None, statement: str) -> None:
    await some_rows(1)
    async with stage.owner() as owner:
        with pytest.raises(Exception, match="never changed"):
            await owner.execute(statement)


async def test_a_writer_cannot_choose_number_time_or_hash(database: None) -> None:
    await some_rows(1)
    await connection().execute_script(
        "INSERT INTO access_log (seq, at, actor, posts, action, details, request_id, hash)"
        " VALUES (77, '2001-01-01', 'staff', '[]', 'open_case', '{}', 'x', '\\x00')"
    )
    found = await checked()
    assert (found.head.seq, found.fault) == (2, None)
    assert found.until
    assert found.until.year > 2001


@pytest.mark.parametrize("state", ["53100", "57P01"])
async def test_a_full_disk_and_an_outage_are_told_as_such(database: None, state: str) -> None:
    async with stage.owner() as owner:
        await owner.execute(
            "CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '{state}'; END $$;"
            "CREATE TRIGGER away BEFORE INSERT ON access_log EXECUTE FUNCTION away()"
        )
        try:
            with pytest.raises(asyncpg.PostgresError) as refused:
                await audit.record(Act.OPEN_CASE, by=Actor("staff", uuid7()))
        finally:
            await owner.execute("DROP FUNCTION away CASCADE")
    assert is_outage(refused.value)
    assert is_full(refused.value) == (state == "53100")


async def test_what_cannot_be_recorded_is_unavailable(database: None) -> None:
    with pytest.raises(NotRecorded) as refused:
        await audit.record(Act.OPEN_CASE, by=Actor("x" * 17))
    assert refused.value.code == "not_recorded"
