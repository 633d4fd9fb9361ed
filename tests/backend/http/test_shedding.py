"""More requests than can be worked on: the next ones wait a little, or are refused at once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from backend.http import shedding, system
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.refusals import Overloaded
from backend.http.routes import Routes
from backend.http.shedding import WORTH_SECONDS, place
from config.database import connection, transaction
from config.settings import settings
from miniprogram_api.endpoints import me, session
from tests.people import until
from tests.serving import Heard, Served, served

AT_ONCE = 2
REFRESH = "/api/v1/auth/refresh"


class Clock:
    """The time, which may leap."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(shedding, "monotonic", clock)
    return clock


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two places in work of each kind."""
    monkeypatch.setenv("YIKOU_REQUESTS_AT_ONCE", str(AT_ONCE))
    settings.cache_clear()
    shedding._queue.cache_clear()  # noqa: SLF001 - their size is read once
    yield
    monkeypatch.undo()
    settings.cache_clear()
    shedding._queue.cache_clear()  # noqa: SLF001 - likewise


@pytest.fixture
async def api(database: None, few: None) -> AsyncIterator[Served]:
    async with served([session.routes, me.routes, system.routes]) as api:
        yield api


async def log_in(api: Served) -> str:
    code = await api.phones.code("wang")
    heard = await api.ask("POST", "/api/v1/auth/wechat", {"code": code})
    return str(heard.body["access_token"])


def asking(api: Served, token: str, times: int) -> list[asyncio.Task[Heard]]:
    loop = asyncio.get_running_loop()
    return [loop.create_task(api.ask("GET", "/api/v1/me", token=token)) for _ in range(times)]


async def waiting(api: Served) -> bool:
    """Whether all places are taken by requests that wait for a lock."""
    rows = await connection().execute_query_dict(
        "SELECT count(*) AS n FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return bool(rows[0]["n"] == AT_ONCE)


async def shed(api: Served) -> float:
    lines = (await api.ask("GET", "/metrics")).body.decode().splitlines()
    mark = 'yikou_requests_shed_total{queue="resident"} '
    return sum(float(line.removeprefix(mark)) for line in lines if line.startswith(mark))


async def test_while_nothing_moves_the_next_ones_are_refused_at_once(
    api: Served, clock: Clock
) -> None:
    token, before = await log_in(api), await shed(api)
    async with transaction() as holder:
        await holder.execute_query("LOCK TABLE resident IN ACCESS EXCLUSIVE MODE")
        first = asking(api, token, AT_ONCE)
        await until(lambda: waiting(api))
        clock.ahead += WORTH_SECONDS + 1

        refused = await asyncio.gather(*asking(api, token, 20))
        others = [await api.ask("GET", path) for path in ("/healthz", "/readyz", "/metrics")]
        open_to_all = await api.ask("POST", REFRESH, {"refresh_token": "x"})
        assert not any(one.done() for one in first)

    assert {(one.status, one.code) for one in refused} == {(503, "overloaded")}
    assert {one.headers["Retry-After"] for one in refused} == {str(Overloaded.retry_after)}
    assert [one.status for one in others] == [200, 200, 200]
    assert open_to_all.status == 401
    assert {one.status for one in await asyncio.gather(*first)} == {200}
    assert {one.status for one in await asyncio.gather(*asking(api, token, 20))} == {200}
    assert await shed(api) - before == 20


computing = Routes("computing", prefix="/computing", guard=Guard.OPEN, unrecorded="of a test")
done: list[float] = []
begun = asyncio.Event()


@computing.get("/long")
async def long(_call: Call[Nothing, NoQuery]) -> Answer[None]:
    """Keep the loop."""
    time.sleep(0.02)  # noqa: ASYNC251 - it computes
    done.append(time.monotonic())
    begun.set()
    return Answer()


async def test_liveness_is_told_between_requests_that_came_before() -> None:
    begun.clear()
    done.clear()
    async with served([computing, system.routes]) as api, asyncio.TaskGroup() as group:
        asked = [group.create_task(api.ask("GET", "/computing/long")) for _ in range(60)]
        await begun.wait()
        alive = await api.ask("GET", "/healthz")
        before = len(done)

    assert alive.status == 200
    assert before < len(asked) / 2
    # On a slow machine the last ones would wait for longer than is worth it.
    assert {one.result().status for one in asked} <= {204, 503}


async def test_those_who_wait_are_answered_when_it_moves_again(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shedding, "WORTH_SECONDS", 60.0)
    token = await log_in(api)
    async with transaction() as holder:
        await holder.execute_query("LOCK TABLE resident IN ACCESS EXCLUSIVE MODE")
        asked = asking(api, token, 12)
        await until(lambda: waiting(api))

    assert {one.status for one in await asyncio.gather(*asked)} == {200}


async def test_who_sends_slowly_takes_nobody_s_place(api: Served) -> None:
    body = json.dumps({"refresh_token": "x"}).encode()
    head = f"POST {REFRESH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    slow = []
    for _ in range(AT_ONCE + 1):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(api.url.split(":")[-1]))
        writer.write(head + body[:5])
        slow.append((reader, writer))

    quick = await api.ask("POST", REFRESH, {"refresh_token": "x"})

    assert quick.status == 401
    for reader, writer in slow:
        writer.write(body[5:])
        assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")
        writer.close()
        await writer.wait_closed()


async def test_only_as_many_wait_as_will_soon_be_served(few: None, clock: Clock) -> None:
    async with AsyncExitStack() as held:
        await held.enter_async_context(place("test"))
        for _ in range(60):
            async with place("test"):
                clock.ahead += 0.9
        await held.enter_async_context(place("test"))
        loop = asyncio.get_running_loop()
        rivals = [loop.create_task(one_more()) for _ in range(20)]
        refused, soon = await asyncio.wait(rivals, return_when=asyncio.FIRST_COMPLETED)

    assert len(soon) == 2
    assert {type(one.exception()) for one in refused} == {Overloaded}
    await asyncio.gather(*soon)


async def one_more() -> None:
    async with place("test"):
        pass


async def test_who_has_waited_too_long_is_refused_and_leaves_no_gap(
    few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shedding, "WORTH_SECONDS", 0.05)
    async with place("test"), place("test"):
        impatient = [asyncio.get_running_loop().create_task(one_more()) for _ in range(8)]
        gone = impatient.pop()
        await asyncio.sleep(0)
        gone.cancel()
        refused = await asyncio.gather(*impatient, return_exceptions=True)

    assert {type(one) for one in refused} == {Overloaded}
    monkeypatch.setattr(shedding, "WORTH_SECONDS", 60.0)
    await asyncio.gather(*(one_more() for _ in range(8)))
