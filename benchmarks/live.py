"""`python -m benchmarks.live`: what many listeners cost a web process, and how long they wait."""

import argparse
import asyncio
import gc
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import cast
from uuid import UUID

import asyncpg
import uvloop

from backend.identity import sessions, staff
from backend.live.listeners import EACH
from benchmarks import machine, seed
from benchmarks.report import DOCS
from benchmarks.seed import Size
from benchmarks.stage import Stage, running, stage, wait_until_ready
from benchmarks.storm.report import quantile
from config import clock, database
from config.errors import told
from models import Audience, Role
from notifications.telling import outbox

LISTENERS, UNITS = 2000, 100
PER_SECOND = 50
AT_ONCE = 20
PATIENCE = 30.0
_BEGIN, _END = "<!-- live -->", "<!-- end of live -->"
_HANDLES = LISTENERS * 2 + 1000
_TASK_ID = re.compile(rb'"task_id":"([0-9a-f-]{36})"')
_CHANGE = """
UPDATE task SET due_at = due_at + interval '1 second' WHERE id = $1
"""


@dataclass
class Heard:
    """When each task was changed, and how many seconds later each listener heard of it."""

    changed: dict[bytes, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    open: int = 0
    ended: int = 0


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came of it: megabytes of the process before and after all listened, RSS and PSS."""

    listeners: int
    before: tuple[float, float]
    after: tuple[float, float]
    changes: int
    missing: int
    waits: Sequence[float]
    cpu: float


class _Listener(asyncio.Protocol):
    """One open stream."""

    def __init__(self, request: bytes, heard: Heard) -> None:
        self._request, self._heard = request, heard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if data.startswith(b"HTTP/1.1 200"):
            self._heard.open += 1
        for found in _TASK_ID.findall(data):
            if at := self._heard.changed.get(found):
                self._heard.waits.append(now - at)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        self._heard.ended += 1


async def measure(made: Stage, listeners: int, seconds: float) -> Found:
    """Fill a small city, let so many listen, and change tasks of their units."""
    await seed.seed(made.owner_url, made.database_url, Size(each=1, open=1, to_do=4000))
    await database.connect()
    single = await database.single(made.owner_url)
    try:
        units = await _spread(single)
        tokens = await _members(units, listeners)
        with running(made, "web", ["miniprogram_api.process.web"], core=made.cores.measured) as web:
            wait_until_ready(made, web, "web", made.web_port)
            return await _listen(made, web, tokens, single, units=units, seconds=seconds)
    finally:
        await single.close()
        await database.disconnect()


async def _listen(
    made: Stage,
    web: subprocess.Popen[bytes],
    tokens: list[str],
    single: "asyncpg.Connection[asyncpg.Record]",
    *,
    units: dict[str, list[UUID]],
    seconds: float,
) -> Found:
    heard, pid = Heard(), machine.server_of(web.pid)
    before = _settled(pid)
    loop = asyncio.get_running_loop()
    transports = []
    for token in tokens:
        listener = partial(_Listener, _request(token), heard)
        transport, _ = await loop.create_connection(listener, "127.0.0.1", made.web_port)
        transports.append(transport)
        # As many at once as are not refused for being too many.
        if len(transports) % AT_ONCE == 0:
            await _until(lambda: heard.open + heard.ended >= len(transports))
    await _until(lambda: heard.open + heard.ended >= len(tokens))
    await asyncio.sleep(1.0)
    after, used = _settled(pid), machine.seconds_used(pid)
    gc.collect()
    gc.disable()
    wanted = await _change(single, units, heard, seconds=seconds, each=len(tokens) // len(units))
    await _until(lambda: len(heard.waits) >= wanted or heard.ended > 0)
    gc.enable()
    found = Found(
        listeners=heard.open - heard.ended,
        before=before,
        after=after,
        changes=len(heard.changed),
        missing=wanted - len(heard.waits),
        waits=heard.waits,
        cpu=(machine.seconds_used(pid) - used) / seconds,
    )
    for transport in transports:
        transport.abort()
    return found


async def _until(true: Callable[[], bool]) -> None:
    """Wait for it, as long as there is patience."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not true():  # noqa: ASYNC110 - other processes do it
                await asyncio.sleep(0.05)


async def _change(
    single: "asyncpg.Connection[asyncpg.Record]",
    units: dict[str, list[UUID]],
    heard: Heard,
    *,
    seconds: float,
    each: int,
) -> int:
    """Change a task after the other, of one unit after the other; how often that is to be heard."""
    queues = [list(tasks) for tasks in units.values()]
    count = int(seconds * PER_SECOND)
    for number in range(count):
        task = queues[number % len(queues)].pop()
        await single.execute(_CHANGE, task)
        heard.changed[str(task).encode()] = time.perf_counter()
        outbox.wake()
        await asyncio.sleep(1 / PER_SECOND)
    return count * each


async def _spread(single: "asyncpg.Connection[asyncpg.Record]") -> dict[str, list[UUID]]:
    """Give the open tasks to so many communities; each with its tasks."""
    rows = await single.fetch(
        "SELECT code FROM org_unit WHERE level = 'community' ORDER BY code LIMIT $1", UNITS
    )
    tasks = await single.fetch("SELECT id FROM task WHERE done_at IS NULL ORDER BY id")
    units: dict[str, list[UUID]] = {row["code"]: [] for row in rows}
    codes = list(units)
    for place, row in enumerate(tasks):
        units[codes[place % UNITS]].append(row["id"])
    given = [(code, task) for code, of_unit in units.items() for task in of_unit]
    await single.executemany("UPDATE task SET unit_id = $1 WHERE id = $2", given)
    await seed.analyse(single)
    return units


async def _members(units: dict[str, list[UUID]], listeners: int) -> list[str]:
    """The tokens of so many listeners, several of each member of staff."""
    now, tokens = clock.now(), []
    each = listeners // len(units)
    for code in units:
        left = each
        while left > 0:
            member = await staff.create("李四", posts=[(code, Role.CLERK)], now=now)
            session = await sessions.start(Audience.STAFF, member, now=now)
            tokens += [session.access_token] * min(left, EACH)
            left -= EACH
    return tokens


def _request(token: str) -> bytes:
    return (
        "GET /api/v1/staff/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()


def _settled(pid: int) -> tuple[float, float]:
    return machine.megabytes(pid) or (0.0, 0.0)


def lines(found: Found, *, load: float) -> list[str]:
    """The figures as Markdown."""
    waits = sorted(found.waits) or [0.0]
    marks = [f"{quantile(waits, share) * 1000:.0f} ms" for share in (0.5, 0.99)]
    seen, share = (
        (after - before) * 1000 / max(found.listeners, 1)
        for before, after in zip(found.before, found.after, strict=True)
    )
    return [
        f"{datetime.now(UTC):%Y-%m-%d} on {machine.description()}.",
        f"Others kept it busy with a load of {load:.1f} when it began.",
        "",
        f"- {found.listeners:,} listeners in one web process, of {UNITS} units.",
        f"- Memory for each: RSS {seen:.0f} KB, PSS {share:.0f} KB.",
        f"- {found.changes:,} changes, {PER_SECOND} a second, heard {len(found.waits):,} times.",
        f"- Never heard: {found.missing}.",
        f"- From the commit until it is heard: p50 {marks[0]}, p99 {marks[1]}.",
        f"- Processor of the web process meanwhile: {found.cpu * 100:.0f} % of a core.",
    ]


def main(arguments: Sequence[str]) -> int:
    """Measure, say so in a few lines, and give 0 if nothing was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live", description=__doc__)
    parser.add_argument("--listeners", type=int, default=LISTENERS)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    load = os.getloadavg()[0]
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = _HANDLES if hard == resource.RLIM_INFINITY else min(_HANDLES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    with told(), stage() as made:
        found = uvloop.run(measure(made, given.listeners, given.seconds))
    shown = lines(found, load=load)
    sys.stdout.write("\n".join((*shown, "")))
    sound = found.missing == 0 and found.listeners == given.listeners
    if given.write and sound:
        text = DOCS.read_text(encoding="utf-8")
        fresh = "\n".join((_BEGIN, *shown, _END))
        pattern = f"{_BEGIN}.*{_END}"
        DOCS.write_text(re.sub(pattern, lambda _: fresh, text, flags=re.DOTALL), encoding="utf-8")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
