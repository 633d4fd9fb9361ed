"""How many requests are left to whom, and until when."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from backend.http import limits
from backend.http.limits import Limit
from backend.http.refusals import RateLimited
from config.redis import redis
from config.settings import settings

# The twentieth second of its minute.
NOW = datetime(2026, 3, 9, 2, 0, 20, tzinfo=UTC)


@pytest.fixture
async def limited(database: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The limits are on, and nothing is spent yet."""
    monkeypatch.setenv("YIKOU_RATE_LIMITS", "on")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def spent(limit: Limit, who: str = "resident:1", *, seconds: int = 0) -> tuple[int, int, int]:
    """What the headers say: how many there are, are left, and for how long."""
    headers = await limits.spend(limit, who, now=NOW + timedelta(seconds=seconds))
    assert list(headers) == ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
    return tuple(map(int, headers.values()))  # type: ignore[return-value]


@pytest.mark.usefixtures("limited")
async def test_each_request_is_counted_in_its_window_and_no_more_than_there_are_pass() -> None:
    most = Limit.PERSONS.value.requests
    for number in range(1, most + 1):
        assert await spent(Limit.PERSONS) == (most, most - number, 40)
    for _ in range(2):
        with pytest.raises(RateLimited) as refused:
            await limits.spend(Limit.PERSONS, "resident:1", now=NOW)
        assert (refused.value.most, refused.value.retry_after) == (most, 40)
    with pytest.raises(RateLimited) as later:
        await limits.spend(Limit.PERSONS, "resident:1", now=NOW + timedelta(seconds=39))
    assert later.value.retry_after == 1

    assert await spent(Limit.PERSONS, seconds=40) == (most, most - 1, 60)


@pytest.mark.usefixtures("limited")
async def test_each_has_their_own_and_each_kind_is_counted_apart() -> None:
    read, write = Limit.READ.value.requests, Limit.WRITE.value.requests
    assert await spent(Limit.READ) == (read, read - 1, 40)
    assert await spent(Limit.READ) == (read, read - 2, 40)
    assert await spent(Limit.WRITE) == (write, write - 1, 40)
    assert await spent(Limit.READ, "resident:2") == (read, read - 1, 40)
    assert await spent(Limit.READ, "staff:1") == (read, read - 1, 40)


@pytest.mark.usefixtures("limited")
async def test_a_longer_window_lasts_longer() -> None:
    most = Limit.MANDATE_CODES.value.requests
    assert await spent(Limit.MANDATE_CODES) == (most, most - 1, 3580)
    assert await spent(Limit.MANDATE_CODES, seconds=3579) == (most, most - 2, 1)
    assert await spent(Limit.MANDATE_CODES, seconds=3580) == (most, most - 1, 3600)


@pytest.mark.usefixtures("limited")
async def test_nothing_counted_stays_for_ever() -> None:
    for limit in Limit:
        await spent(limit)
    keys = await redis().keys("rate:*")
    assert len(keys) == len(Limit)
    for key in keys:
        name = key.decode().split(":")[1] if isinstance(key, bytes) else key.split(":")[1]
        assert 0 < await redis().ttl(key) <= 2 * Limit[name.upper()].value.seconds


async def test_where_they_are_off_nothing_is_counted(database: None) -> None:
    for _ in range(Limit.PERSONS.value.requests + 1):
        assert await limits.spend(Limit.PERSONS, "resident:1", now=NOW) == {}
    assert await redis().keys("rate:*") == []


def test_each_budget_is_of_its_own_name() -> None:
    assert [limit.value.name for limit in Limit] == [limit.name.lower() for limit in Limit]
