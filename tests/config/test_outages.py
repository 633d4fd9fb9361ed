import errno

import asyncpg
import pytest
from structlog.testing import capture_logs

from config import database
from config.errors import StartError
from config.outages import STALE_SECONDS, Spell, is_full, is_outage, told
from tests.config.clock import Clock
from tests.stage import owner_url


async def of(statement: str, *arguments: object, beside: str = "") -> BaseException:
    """What a statement raises on a connection of its own; `beside` is said by another one first."""
    connection = await database.single(owner_url("postgres"))
    try:
        if beside:
            other = await database.single(owner_url("postgres"))
            await other.execute(beside, connection.get_server_pid())
            await other.close()
        with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is what is asked
            await connection.fetch(statement, *arguments)
        return raised.value
    finally:
        await connection.close()


async def test_a_connection_that_was_ended_or_is_closed_is_an_outage() -> None:
    assert is_outage(await of("SELECT 1", beside="SELECT pg_terminate_backend($1::int)"))

    connection = await database.single(owner_url("postgres"))
    await connection.close()
    with pytest.raises(asyncpg.InterfaceError) as raised:
        await connection.fetch("SELECT 1")
    assert is_outage(raised.value)


@pytest.mark.parametrize("place", [{"host": "127.0.0.1", "port": 1}, {"host": "/nowhere"}])
async def test_a_server_that_cannot_be_reached_is_an_outage(place: dict[str, object]) -> None:
    with pytest.raises(OSError) as raised:  # noqa: PT011 - which one is what is asked
        await asyncpg.connect(**place, user="yikou", database="yikou", timeout=5)
    assert is_outage(raised.value)


async def test_a_wait_that_was_bounded_is_an_outage() -> None:
    connection = await database.single(owner_url("postgres"))
    try:
        await connection.execute("SET statement_timeout = 10")
        with pytest.raises(asyncpg.QueryCanceledError) as raised:
            await connection.fetch("SELECT pg_sleep(5)")
        assert is_outage(raised.value)
    finally:
        await connection.close()


async def test_a_command_that_waits_too_long_for_a_lock_is_told_so() -> None:
    holder = await database.single(owner_url("postgres"))
    waiting = await database.single(owner_url("postgres"))
    try:
        await holder.execute("SELECT pg_advisory_lock(1)")
        await waiting.execute("SET lock_timeout = 10")
        with pytest.raises(StartError, match="held by another"), told():
            await waiting.execute("SELECT pg_advisory_lock(1)")
    finally:
        await holder.close()
        await waiting.close()


async def test_our_own_mistakes_are_no_outage() -> None:
    assert not is_outage(await of("SELECT $1::int"))
    assert not is_outage(await of("SELECT $1::int", "text"))
    assert not is_outage(await of("SELECT no_such_column"))
    for error in (TimeoutError(), ConnectionResetError(), FileNotFoundError(), ValueError()):
        assert not is_outage(error)


async def test_a_disk_without_room_is_told_from_other_faults() -> None:
    full = "DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$"

    assert is_full(await of(full))
    assert is_full(OSError(errno.ENOSPC, "no space"))
    assert is_full(OSError(errno.EDQUOT, "over quota"))
    assert not is_full(await of("SELECT no_such_column"))
    assert not is_full(FileNotFoundError(errno.ENOENT, "no file"))


def test_a_spell_is_told_when_it_begins_and_when_it_is_over(clock: Clock) -> None:
    spell = Spell("not_done", "done_again", asked="who")
    with capture_logs() as lines:
        spell.worked()
        for _ in range(5):
            spell.failed("OSError")
            clock.now += 90.0
        spell.worked()
        spell.worked()
        spell.failed("ValueError")

    begun = {"event": "not_done", "log_level": "warning", "asked": "who"}
    assert lines == [
        begun | {"error": "OSError"},
        begun | {"event": "done_again", "seconds": 450.0, "failures": 5},
        begun | {"error": "ValueError"},
    ]


def test_what_several_parts_need_is_told_once_and_over_when_each_has_it_again(
    clock: Clock,
) -> None:
    spell = Spell("away", "back")
    with capture_logs() as lines:
        for part in ("deliveries", "jobs", "deliveries"):
            spell.failed("OSError", part)
        spell.worked("deliveries")
        spell.worked("other")
        clock.now += 2.0
        spell.worked("jobs")

    assert [(line["event"], line.get("part"), line.get("failures")) for line in lines] == [
        ("away", "deliveries", None),
        ("back", None, 3),
    ]


def test_a_part_that_does_not_try_again_holds_up_no_end(clock: Clock) -> None:
    spell = Spell("away", "back")
    spell.failed("OSError", "once")
    spell.failed("OSError", "often")
    clock.now += STALE_SECONDS
    with capture_logs() as lines:
        spell.worked("often")

    assert [line["event"] for line in lines] == ["back"]


def test_what_now_works_now_fails_is_one_spell_until_it_has_been_calm(clock: Clock) -> None:
    spell = Spell("away", "back", calm=10.0)
    with capture_logs() as lines:
        for _ in range(8):
            spell.failed("OSError")
            clock.now += 9.0
            spell.worked()
        clock.now += 1.0
        spell.worked()

    assert [line["event"] for line in lines] == ["away", "back"]
