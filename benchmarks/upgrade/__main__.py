"""`python -m benchmarks.upgrade`: bring a filled database of the first release to this one."""

import argparse
import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rich.console import Console

from benchmarks import ids
from benchmarks.stage import Stage, stage
from benchmarks.upgrade import report
from benchmarks.upgrade.filling import FIRST, fill
from benchmarks.upgrade.people import Served, people
from benchmarks.upgrade.report import Report
from config import database
from config.errors import StartError, told

T = TypeVar("T")
QUIET_SECONDS = 5.0
_ROWS = "SELECT sum(n_live_tup)::bigint FROM pg_stat_user_tables"
console = Console(highlight=False, soft_wrap=True)


def main(arguments: Sequence[str]) -> int:
    """Upgrade, print the figures, and give 0 if it was quick enough and nobody was refused."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.upgrade", description=__doc__)
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    given = parser.parse_args(arguments)
    # Ended politely, it stops its servers; Ctrl-C does so anyway.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with told(), stage() as made:
        found = asyncio.run(_measure(made))
    console.print("\n".join(report.lines(found)))
    if given.write and found.sound:
        report.write(found)
    return 0 if found.sound else 1


@dataclass(frozen=True)
class _Command:
    """What `yikou migrate` said, and how long it took, its start included."""

    output: str
    seconds: float


async def _measure(made: Stage) -> Report:
    load = os.getloadavg()[0]
    cases = len(ids.applicants()) * ids.CASES_EACH
    console.print(f"A database of {FIRST} with {cases:,} cases …")
    await fill(made.owner_url, made.database_url)
    single = await database.single(made.owner_url)
    rows = await single.fetchval(_ROWS)
    await single.close()
    console.print("A quiet time, and the upgrade …")
    before, during = people(), people()
    await _beside(before, made, asyncio.sleep(QUIET_SECONDS))
    command: _Command = await _beside(during, made, _migrate(made))
    return Report(
        rows=rows,
        load=load,
        applied=re.findall(r"Migration (\S+) applied", command.output),
        seconds=command.seconds,
        before=before,
        during=during,
    )


async def _beside(served: Sequence[Served], made: Stage, work: Awaitable[T]) -> T:
    """Do the work while they are served."""
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for each in served:
            group.create_task(each.live(made.database_url, over))
        try:
            return await work
        finally:
            over.set()


async def _migrate(made: Stage) -> _Command:
    begun = time.monotonic()
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "miniprogram_api", "migrate"),
        env=os.environ | {"YIKOU_DATABASE_OWNER_URL": made.owner_url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await command.communicate()
    if command.returncode:
        raise StartError(output.decode())
    return _Command(output.decode(), time.monotonic() - begun)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
