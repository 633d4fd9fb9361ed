"""Who asks and hangs up leaves the connection as good as it was: a new one costs a process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from tortoise.transactions import in_transaction
from typing_extensions import TypedDict

from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.routes import Routes
from config import connection as connections
from config import database
from config.connection import Connection
from config.patience import PERSON
from tests import stage
from tests.line import Line, pool_on_a_line
from tests.serving import served
from tests.stage import Databases, Kind

POOL = 2
HANG_UPS = 50
BOUND_SECONDS = 20.0


@pytest.fixture
async def line(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    monkeypatch.setattr(connections, "MOMENT_SECONDS", 0.02)
    async with pool_on_a_line(databases, Kind.EMPTY, patience=PERSON, pool=POOL) as line:
        yield line


async def ask(sql: str) -> Any:
    return await database.connection().execute_query_dict(sql)


async def quick() -> None:
    await ask("SELECT 1 AS one")


async def slow() -> None:
    await ask("SELECT pg_sleep(3600)")


async def in_the_middle() -> None:
    async with in_transaction(), in_transaction():
        await ask("INSERT INTO job (name, ended_at) VALUES ('mine', now())")
        await slow()


async def beginning() -> None:
    async with in_transaction():
        await slow()


@pytest.mark.parametrize("asked", [quick, slow, in_the_middle, beginning])
@pytest.mark.usefixtures("line")
async def test_it_is_used_again_however_often_that_happens(
    asked: Callable[[], Coroutine[Any, Any, None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, seen = asyncio.Event(), set[int]()
    sent = Connection.execute if asked is beginning else Connection.fetch

    async def telling(self: Connection, query: str, *given: Any, **named: Any) -> Any:
        loop = asyncio.get_running_loop()
        seen.add(self.get_server_pid())
        if query.startswith(("BEGIN", "SELECT")):
            loop.call_soon(reached.set)
        return await sent(self, query, *given, **named)

    monkeypatch.setattr(Connection, sent.__name__, telling)
    for _ in range(HANG_UPS):
        reached.clear()
        async with asyncio.timeout(BOUND_SECONDS):
            task = asyncio.get_running_loop().create_task(asked())
            await reached.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
    assert len(seen) <= POOL
    async with asyncio.timeout(BOUND_SECONDS), in_transaction():
        assert await ask("SELECT * FROM job") == []


class Done(TypedDict):
    done: bool


@pytest.mark.usefixtures("database")
async def test_clients_that_do_so_have_no_session_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "MOMENT_SECONDS", 0.02)
    routes = Routes("effects", prefix="/effects", guard=Guard.OPEN, unrecorded="of a test")
    reached = asyncio.Queue[int]()

    @routes.post("/slow", keyed=Keyed.ATOMIC)
    async def last(_call: Call[Nothing, NoQuery]) -> Answer[Done]:
        """Whatever takes long."""
        reached.put_nowait((await ask("SELECT pg_backend_pid() AS pid"))[0]["pid"])
        await slow()
        return Answer({"done": True}, 200)

    seen: set[int] = set()
    async with served([routes]) as api:
        port = int(api.url.rpartition(":")[2])
        for number in range(HANG_UPS):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"POST /effects/slow HTTP/1.1\r\nHost: x\r\nIdempotency-Key: hang-up-{number}"
            writer.write(f"{head}\r\nContent-Length: 0\r\n\r\n".encode())
            async with asyncio.timeout(BOUND_SECONDS):
                seen.add(await reached.get())
            writer.transport.abort()
    assert len(seen) <= stage.POOL
