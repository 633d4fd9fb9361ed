"""The one client against a Redis of the test's own that is stopped, hung and killed."""

import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from backend.http import limits, system
from backend.http.question import Question
from config import redis
from config.breaker import PAUSE_SECONDS, State
from config.embedded import valkey
from config.embedded.processes import stop
from config.embedded.roster import Roster
from config.embedded.servers import start
from config.redis import MaxConnectionsError, NotAsked, RedisError
from config.settings import settings
from tests.config.clock import Clock
from tests.serving import served

CROWD = 20
NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


async def crowd() -> set[type]:
    """What becomes of many calls at once."""
    calls = (redis.redis().incr("asked") for _ in range(CROWD))
    return {type(one) for one in await asyncio.gather(*calls, return_exceptions=True)}


async def test_a_hung_server_is_asked_once_in_five_seconds(
    own: subprocess.Popen[bytes], clock: Clock
) -> None:
    assert await crowd() == {int}
    os.kill(own.pid, signal.SIGSTOP)
    # Who was under way when it hung waits for its own time-out.
    assert NotAsked not in await crowd()

    for _ in range(5):
        assert await crowd() == {NotAsked}
    clock.now += PAUSE_SECONDS
    assert len(await crowd() - {NotAsked}) == 1
    assert await crowd() == {NotAsked}

    os.kill(own.pid, signal.SIGCONT)
    assert await crowd() == {NotAsked}
    clock.now += PAUSE_SECONDS
    await redis.redis().ping()
    asked = int(str(await redis.redis().get("asked")))
    assert await crowd() == {int}
    assert asked <= 2 * CROWD + 1


@pytest.mark.parametrize("place", ["unix://{folder}/silent.sock", "redis://127.0.0.1:{port}/0"])
async def test_nobody_waits_twice_for_a_silent_server(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[asyncio.StreamWriter] = []

    async def be_silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waits.append(writer)

    # Ours until now: dropped unclosed, it would be some other test's warning.
    await redis.redis().aclose()
    with tempfile.TemporaryDirectory() as folder:
        unix = await asyncio.start_unix_server(be_silent, f"{folder}/silent.sock")
        tcp = await asyncio.start_server(be_silent, "127.0.0.1", 0)
        port = tcp.sockets[0].getsockname()[1]
        monkeypatch.setenv("YIKOU_REDIS_URL", place.format(folder=folder, port=port))
        monkeypatch.setattr(redis, "SECONDS", 0.2)
        settings.cache_clear()
        redis.redis.cache_clear()
        try:
            with pytest.raises(RedisError):
                await redis.redis().publish("channel", "")
            assert len(waits) == 1
            with pytest.raises(NotAsked):
                await limits_of_one()
            assert len(waits) == 1
        finally:
            await redis.redis().aclose()
            for each in waits:
                each.close()
                with contextlib.suppress(OSError):
                    await each.wait_closed()
            unix.close()
            tcp.close()
            monkeypatch.undo()
            settings.cache_clear()
            redis.redis.cache_clear()


async def test_pipelines_and_scripts_are_behind_it_too(
    own: subprocess.Popen[bytes], clock: Clock
) -> None:
    os.kill(own.pid, signal.SIGSTOP)
    with pytest.raises(RedisError):
        await limits_of_one()

    with pytest.raises(NotAsked):
        await limits_of_one()
    with pytest.raises(NotAsked):
        await redis.redis().eval("return 1", 0)
    with pytest.raises(NotAsked):
        await redis.redis().publish("channel", "")


async def limits_of_one() -> None:
    async with redis.redis().pipeline(transaction=False) as pipe:
        pipe.incr("one")
        await pipe.execute()


async def test_a_server_that_answers_with_a_refusal_is_asked_again(
    own: subprocess.Popen[bytes],
) -> None:
    await redis.redis().set("text", "a")
    for _ in range(3):
        with pytest.raises(RedisError) as caught:
            await redis.redis().incr("text")
        assert not isinstance(caught.value, NotAsked)


async def test_more_calls_than_connections_say_nothing_of_the_server(
    own: subprocess.Popen[bytes],
) -> None:
    redis.redis().connection_pool.max_connections = 2

    assert await crowd() == {int, MaxConnectionsError}
    assert redis.redis().breaker.state is State.CLOSED


async def test_requests_are_served_while_it_hangs_and_limited_again_afterwards(
    own: subprocess.Popen[bytes], clock: Clock
) -> None:
    os.kill(own.pid, signal.SIGSTOP)
    with capture_logs() as lines:
        crowd = [limits.spend(limits.Limit.READ, "somebody", now=NOW) for _ in range(8)]
        assert await asyncio.gather(*crowd) == [{}] * 8
        for _ in range(20):
            assert await limits.spend(limits.Limit.READ, "somebody", now=NOW) == {}
        assert redis.redis().breaker.state is State.OPEN

        os.kill(own.pid, signal.SIGCONT)
        clock.now += PAUSE_SECONDS
        spent = await limits.spend(limits.Limit.READ, "somebody", now=NOW)
    assert [line["event"] for line in lines] == ["breaker_opened", "breaker_closed"]
    assert 597 <= int(spent["RateLimit-Remaining"]) <= 599


async def test_readiness_asks_for_itself_and_ends_the_pause(
    own: subprocess.Popen[bytes], database: None, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "_REDIS", Question(redis.answers))
    os.kill(own.pid, signal.SIGSTOP)
    with pytest.raises(RedisError):
        await redis.redis().ping()

    async with served([system.routes]) as api:
        away = await api.ask("GET", "/readyz")
        os.kill(own.pid, signal.SIGCONT)
        there = await api.ask("GET", "/readyz")

    assert (away.body["redis"], there.body["redis"]) == ("away", "ok")
    assert redis.redis().breaker.state is State.CLOSED


async def test_a_server_that_was_started_again_is_found(
    own: subprocess.Popen[bytes], clock: Clock
) -> None:
    await redis.redis().ping()
    own.kill()
    own.wait()
    with pytest.raises(RedisError):
        await redis.redis().ping()
    with pytest.raises(NotAsked):
        await redis.redis().ping()

    folder = Path(str(redis.redis().connection_pool.connection_kwargs["path"])).parents[1]
    server = valkey.Valkey(folder)
    again = start(server, Roster(folder))
    clock.now += PAUSE_SECONDS
    assert await redis.redis().ping()
    stop(again, server.program())
