import errno
from itertools import count

import asyncpg
import pytest
from structlog.testing import capture_logs

from config import database, outages
from config.outages import Spell, is_full, is_outage
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


def test_a_spell_is_told_when_it_begins_each_minute_and_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = count(step=25.0)
    monkeypatch.setattr(outages, "monotonic", lambda: next(clock))
    spell = Spell("not_done", "done_again")
    with capture_logs() as lines:
        spell.worked()
        for _ in range(5):
            spell.failed("OSError")
        spell.worked()
        spell.worked()
        spell.failed("OSError")
    told = [(line["event"], line["failures"], line.get("seconds")) for line in lines]
    assert told == [
        ("not_done", 1, None),
        ("not_done", 4, None),
        ("done_again", 5, 125.0),
        ("not_done", 1, None),
    ]
