"""A Redis that answers and takes no writes: everything goes on as if there were none."""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from backend.http import limits, system
from backend.http.question import Question
from config import redis
from config.outages import Spell
from config.redis import RedisError
from notifications.sending.wakeups import listen
from tests.serving import served
from wechat.token import Grant, SharedToken

KEY = "wechat:token:{wxtoken}"
NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


async def failed_to_save() -> None:
    """MISCONF, as on a full disk: a folder stands where it would save its file."""
    await redis.redis().config_set("save", "3600 1")
    folder = Path(str((await redis.redis().config_get("dir"))["dir"]))
    (folder / "dump.rdb").mkdir()
    await redis.redis().execute_command("BGSAVE")
    async with asyncio.timeout(60):
        while (await redis.redis().info("persistence"))["rdb_last_bgsave_status"] != "err":  # noqa: ASYNC110 - Redis knows
            await asyncio.sleep(0.01)


async def lost_its_replica() -> None:
    """NOREPLICAS: it has fewer than it must have to write."""
    await redis.redis().config_set("min-replicas-to-write", 1)


async def became_a_replica() -> None:
    """READONLY, as after a failover that we have not heard of."""
    await redis.redis().execute_command("REPLICAOF", "127.0.0.1", "1")


REFUSING = [failed_to_save, lost_its_replica, became_a_replica]
Refusing = Callable[[], Awaitable[None]]
pytestmark = pytest.mark.usefixtures("own")


@pytest.fixture(params=REFUSING, ids=lambda each: each.__name__)
async def refusing(
    own: subprocess.Popen[bytes],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A Redis that had a token and takes no writes any more; it answers, however late."""
    monkeypatch.setattr(redis, "SECONDS", 30.0)
    await redis.redis().set(KEY, "T1", ex=7200)
    await request.param()
    with pytest.raises(RedisError, match=r"MISCONF|NOREPLICAS|read only"):
        await redis.redis().set("anything", "1")


async def test_requests_are_served_without_limits_and_the_log_says_so_once(
    refusing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_open", Spell("rate_limits_open", "rate_limits_kept_again"))
    with capture_logs() as lines:
        for _ in range(5):
            assert await limits.spend(limits.Limit.READ, "somebody", now=NOW) == {}

    assert [line["event"] for line in lines] == ["rate_limits_open"]


async def test_a_token_that_wechat_refused_is_not_taken_from_it_again(refusing: None) -> None:
    fetched = []

    async def fetch() -> Grant:
        fetched.append("T2")
        return Grant("T2", 7200)

    processes = [SharedToken("wxtoken", fetch) for _ in range(2)]
    for each in processes:
        assert await each.get() == "T1"
        await each.drop("T1")
        assert [await each.get() for _ in range(3)] == ["T2"] * 3
    assert len(fetched) == len(processes)


async def test_a_process_without_a_token_fetches_its_own(refusing: None) -> None:
    async def fetch() -> Grant:
        return Grant("T2", 7200)

    assert await SharedToken("wxother", fetch).get() == "T2"


async def test_a_worker_hears_or_is_told_once_that_it_does_not(refusing: None) -> None:
    woken = asyncio.Event()
    with capture_logs() as lines:
        listening = asyncio.get_running_loop().create_task(listen(woken.set))
        async with asyncio.timeout(60):
            while not (woken.is_set() or lines):  # noqa: ASYNC110 - either will do
                await asyncio.sleep(0.01)
    assert not listening.done()
    assert [line["event"] for line in lines] == ([] if woken.is_set() else ["wakeups_not_heard"])
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_the_server_is_ready(
    database: None, refusing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "_REDIS", Question(redis.answers))
    async with served([system.routes]) as api:
        heard = await api.ask("GET", "/readyz")
    assert heard.status == 200
    assert heard.body["status"] == "ready"
