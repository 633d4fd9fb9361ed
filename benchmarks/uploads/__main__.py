"""`python -m benchmarks.uploads`: time /healthz while the worst uploads arrive, four at a time."""

import argparse
import asyncio
import os
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from rich.console import Console

from benchmarks import machine
from benchmarks.report import DOCS
from benchmarks.storm.report import quantile
from benchmarks.storm.system import System
from benchmarks.uploads.kinds import BOUNDARY, DRIBBLED, KINDS
from benchmarks.uploads.probing import probe
from config.errors import told
from sandbox.actors import Client

RESIDENTS, EACH = 2, 2
SECONDS = 2.0
NICENESS = 10
_BEGIN, _END = "<!-- uploads -->", "<!-- end of uploads -->"
console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Row:
    """A kind, the seconds of /healthz before and during its uploads, and their answers."""

    kind: str
    quiet: list[float]
    during: list[float]
    answers: Counter[int]


def main(arguments: Sequence[str]) -> int:
    """Measure each kind beside a quiet time right before it, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.uploads", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(KINDS))
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    load = os.getloadavg()[0]
    with told(), tempfile.TemporaryDirectory(prefix="yikou-uploads-") as folder:
        system = System(Path(folder))
        system.start()
        try:
            system.settle()
            with ProcessPoolExecutor(1) as probing:
                probing.submit(os.getpid).result()
                # From here on: the senders give way to the one who asks, as if from elsewhere.
                os.nice(NICENESS)
                rows = asyncio.run(_measured(system, probing, given.only or list(KINDS)))
        finally:
            system.stop()
    lines = list(_lines(rows, load))
    console.print("\n".join(lines))
    if given.write:
        text = DOCS.read_text(encoding="utf-8")
        fresh = "\n".join((_BEGIN, *lines, _END))
        pattern = f"{_BEGIN}.*{_END}"
        DOCS.write_text(re.sub(pattern, lambda _: fresh, text, flags=re.DOTALL), encoding="utf-8")
    return 0


async def _measured(
    system: System, probing: ProcessPoolExecutor, kinds: Sequence[str]
) -> list[Row]:
    loop, rows = asyncio.get_running_loop(), []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        people = [Client(http, system.api, system.sandbox, f"up-{n}") for n in range(RESIDENTS)]
        for person in people:
            await person.log_in()
        for kind in kinds:
            content = await asyncio.to_thread(KINDS[kind])
            quiet = await loop.run_in_executor(probing, probe, system.port, SECONDS)
            answers: Counter[int] = Counter()
            asking = loop.run_in_executor(probing, probe, system.port, SECONDS)
            async with asyncio.TaskGroup() as group:
                for person in people * EACH:
                    group.create_task(_send(person, content, DRIBBLED.get(kind), answers))
            rows.append(Row(kind, quiet, await asking, answers))
            console.print(line(rows[-1]))
    return rows


async def _send(
    person: Client, content: bytes, at_a_time: int | None, answers: Counter[int]
) -> None:
    headers = {
        "Authorization": f"Bearer {person.token}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(content)),
    }
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        body = _dribbled(content, at_a_time) if at_a_time else content
        async with person.http.post(
            f"{person.api}/api/v1/files", data=body, headers=headers
        ) as answer:
            await answer.read()
            answers[answer.status] += 1


async def _dribbled(content: bytes, at_a_time: int) -> AsyncIterator[bytes]:
    for at in range(0, len(content), at_a_time):
        yield content[at : at + at_a_time]


def _lines(rows: Sequence[Row], load: float) -> Iterator[str]:
    yield f"{datetime.now(UTC):%Y-%m-%d} on {machine.description()}."
    yield f"Others kept it busy with a load of {load:.1f} when it began."
    yield ""
    yield "| Four uploads at once | answers | quiet p50 | p99 | max | meanwhile p50 | p99 | max |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    yield from map(line, rows)


def line(row: Row) -> str:
    """A kind's figures as a row of Markdown."""
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(row.answers.items()))
    marks = [
        f"{seconds * 1000:.1f} ms"
        for took in (sorted(row.quiet), sorted(row.during))
        for seconds in (quantile(took, 0.5), quantile(took, 0.99), took[-1])
    ]
    return f"| {' | '.join((row.kind, answers, *marks))} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
