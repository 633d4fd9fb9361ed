"""One token for all processes: each SharedToken here stands for a process, Redis is real."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.redis import redis
from tests.wechat.conftest import Configure
from wechat.errcodes import WeChatError, WeChatUnavailable
from wechat.token import Grant, SharedToken

APPID = "wxtoken"
KEY = "wechat:token:{wxtoken}"
LOCK = "wechat:token:{wxtoken}:lock"
WECHAT_SECONDS = 0.03  # what a fetch takes, so that rivals come while it runs


class Source:
    """WeChat's stable_token: the same token until it is revoked."""

    def __init__(self, *, expires_in: int = 7200) -> None:
        self.expires_in = expires_in
        self.generation = 1
        self.fetches = 0

    async def fetch(self) -> Grant:
        self.fetches += 1
        await asyncio.sleep(WECHAT_SECONDS)
        return Grant(f"T{self.generation}", self.expires_in)

    def process(self) -> SharedToken:
        return SharedToken(APPID, self.fetch)


@pytest.fixture
async def no_redis(configure: Configure, tmp_path: Path) -> AsyncIterator[None]:
    """A Redis that is away."""
    await redis().aclose()
    redis.cache_clear()
    configure(redis_url=f"unix://{tmp_path}/nobody.sock")
    yield
    await redis().aclose()
    redis.cache_clear()


async def test_fifty_processes_fetch_once(empty_redis: None) -> None:
    source = Source()
    processes = [source.process() for _ in range(50)]
    await asyncio.gather(*(redis().ping() for _ in processes))

    tokens = await asyncio.gather(*(each.get() for each in processes for _ in range(4)))

    assert set(tokens) == {"T1"}
    assert source.fetches == 1
    assert await redis().exists(LOCK) == 0


@pytest.mark.parametrize(
    ("expires_in", "kept"), [(7200, 6900), (345, 45), (301, 10), (60, 10), (1, 1)]
)
async def test_the_token_is_kept_until_the_next_one_is_handed_out(
    empty_redis: None, expires_in: int, kept: int
) -> None:
    source = Source(expires_in=expires_in)

    await source.process().get()

    assert kept - 1 <= await redis().ttl(KEY) <= kept


async def test_a_refused_token_is_replaced_once_for_all(empty_redis: None) -> None:
    source = Source()
    processes = [source.process() for _ in range(20)]
    await asyncio.gather(*(each.get() for each in processes))
    source.generation = 2

    async def refused(each: SharedToken) -> str:
        await each.drop("T1")
        return await each.get()

    tokens = await asyncio.gather(*(refused(each) for each in processes))

    assert set(tokens) == {"T2"}
    assert source.fetches == 2


async def test_a_late_refusal_does_not_drop_the_successor(empty_redis: None) -> None:
    source = Source()
    early, late = source.process(), source.process()
    await asyncio.gather(early.get(), late.get())
    source.generation = 2
    await early.drop("T1")
    await early.get()

    await late.drop("T1")

    assert await redis().get(KEY) == "T2"
    assert await late.get() == "T2"
    assert source.fetches == 2


async def test_a_holder_that_lost_its_lock_leaves_the_newer_token(empty_redis: None) -> None:
    async def slow_fetch() -> Grant:
        await redis().set(LOCK, "another")
        await redis().set(KEY, "newer")
        return Grant("older", 7200)

    assert await SharedToken(APPID, slow_fetch).get() == "older"

    assert await redis().get(KEY) == "newer"
    assert await redis().get(LOCK) == "another"


async def test_a_dead_holders_lock_ends_by_itself(empty_redis: None) -> None:
    source = Source()
    await redis().set(LOCK, "dead", px=150)

    assert await source.process().get() == "T1"
    assert await redis().get(KEY) == "T1"


async def test_without_redis_each_process_fetches_its_own_and_keeps_it(no_redis: None) -> None:
    source = Source()
    processes = [source.process() for _ in range(3)]

    for _ in range(5):
        tokens = await asyncio.gather(*(each.get() for each in processes))
        assert set(tokens) == {"T1"}

    assert source.fetches == 3
    source.generation = 2
    await processes[0].drop("T1")
    assert await processes[0].get() == "T2"


async def test_a_failed_fetch_fails_all_who_wait_and_leaves_no_lock(empty_redis: None) -> None:
    fetches = 0

    async def failing() -> Grant:
        nonlocal fetches
        fetches += 1
        await asyncio.sleep(0)
        raise WeChatUnavailable("no answer in time", ambiguous=True)

    token = SharedToken(APPID, failing)
    outcomes = await asyncio.gather(*(token.get() for _ in range(30)), return_exceptions=True)

    assert all(isinstance(outcome, WeChatError) for outcome in outcomes)
    assert fetches == 1
    assert await redis().exists(LOCK) == 0


async def test_a_caller_who_leaves_does_not_take_the_token_from_the_others(
    empty_redis: None,
) -> None:
    source = Source()
    token = source.process()
    leaver = asyncio.ensure_future(token.get())
    others = asyncio.gather(*(token.get() for _ in range(5)))
    await asyncio.sleep(0)

    leaver.cancel()

    assert set(await others) == {"T1"}
    assert source.fetches == 1


def test_a_grant_does_not_show_its_token() -> None:
    assert "T1" not in repr(Grant("T1", 7200))
