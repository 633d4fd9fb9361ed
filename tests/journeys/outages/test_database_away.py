"""PostgreSQL alone stands still, or is killed, under everything as an operator starts it."""

import asyncio
import contextlib
import os
import secrets
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from config import database
from tests.journeys.playing import Resident, prepared
from tests.launcher.launch import Launched
from tests.live import Live
from tests.people import person, until

# Much more than the five seconds of one request, and much less than a wait for the server.
BOUND_SECONDS = 25.0
EACH, KILLS = 8, 2
OPEN = "SELECT count(*) FROM delivery WHERE status IN ('pending', 'sending', 'unknown')"


@contextlib.contextmanager
def standing_still(postmaster: int) -> Iterator[None]:
    """The whole server stops and goes on: its processes, the one that starts others first."""
    os.kill(postmaster, signal.SIGSTOP)
    stopped = [postmaster]
    try:
        for pid in children(postmaster):
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)
        yield
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def children(parent: int) -> list[int]:
    """The processes that it has started."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in found.split()]


async def undelivered(live: Live) -> int:
    """How many messages are still to be sent, or to be recorded as sent."""
    connection = await database.single(live.database_url)
    try:
        return int(await connection.fetchval(OPEN))
    finally:
        await connection.close()


async def told(city: Launched, event: str, since: int) -> bool:
    """Whether web processes and the worker each have said it after so many characters."""
    lines = [line for line in city.said()[since:].splitlines() if f'"{event}"' in line]
    return all(any(f'"{process}"' in line for line in lines) for process in ("web", "worker"))


async def test_who_asks_a_database_that_stands_still_hears_so_and_may_repeat(
    city: Launched, live: Live, http: ClientSession
) -> None:
    who = Resident(person(live, http), person(live, http, "clerk"))
    [application] = await prepared([who], 1)
    key = secrets.token_hex(8)

    async def ask(method: str, path: str, body: Any = None) -> tuple[int, Any, str | None]:
        headers = {"Authorization": f"Bearer {who.person.token}", "Idempotency-Key": key}
        async with http.request(method, live.api + path, json=body, headers=headers) as answer:
            heard = await answer.json(content_type=None)
            return answer.status, heard, answer.headers.get("Retry-After")

    before = len(city.said())
    with standing_still(city.parts()["PostgreSQL"]):
        for _ in range(2):  # on connections that were open, and then without any
            async with asyncio.timeout(BOUND_SECONDS):
                me, submitted, ready, alive = await asyncio.gather(
                    ask("GET", "/api/v1/me"),
                    ask("POST", "/api/v1/cases", application),
                    ask("GET", "/readyz"),
                    ask("GET", "/healthz"),
                )
            for status, problem, retry_after in (me, submitted):
                assert (status, problem["code"]) == (503, "database_unavailable")
                assert retry_after
            assert (ready[0], ready[1]["database"]) == (503, "away")
            assert alive[0] == 200
        await until(lambda: told(city, "database_unavailable", before))
        # Not only by the statements of the worker that wait for half a minute.
        assert '"presence"' in city.said()[before:]

    await who.insist("/api/v1/cases", application, key=key)
    case = await who.insist("/api/v1/cases", application, key=key)
    assert [each["id"] for each in (await who.person.get("/api/v1/cases"))["items"]] == [case["id"]]
    assert (await ask("GET", "/readyz"))[0] == 200

    await until(lambda: told(city, "database_back", before))
    assert '"failures":' in city.said()


async def test_one_worker_delivers_everything_once_while_the_database_is_killed(
    city: Launched, live: Live, http: ClientSession
) -> None:
    who = Resident(person(live, http), person(live, http, "clerk"))
    applications = await prepared([who], EACH)
    worker = city.parts()["worker"]
    # One after the other to each resident, so that there is always one more to come.
    await who.person.control("POST", "/options", {"send_ms": 300})

    async def applied() -> None:
        for body in applications:
            await who.apply(body)

    async def flowing() -> bool:
        return len(await who.person.phone_messages()) > arrived

    async with asyncio.TaskGroup() as group:
        group.create_task(applied())
        for _ in range(KILLS):
            arrived = len(await who.person.phone_messages())
            await until(flowing)
            await asyncio.to_thread(city.without, "PostgreSQL")

    async def all_arrived() -> bool:
        return len(await who.person.phone_messages()) >= EACH and not await undelivered(live)

    await until(all_arrived)
    shown = [message["page"].rpartition("=")[2] for message in await who.person.phone_messages()]
    assert Counter(shown) == Counter(case["id"] for case in who.cases)
    assert city.parts()["worker"] == worker
