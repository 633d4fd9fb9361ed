"""`python -m benchmarks.storm --minutes N`: kill every part under load, and count what is wrong."""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import aiohttp
from rich.console import Console

from backend.consistency import audit
from backend.consistency.checks import Check
from benchmarks.storm import ledger as ledgers
from benchmarks.storm import report
from benchmarks.storm.kills import KINDS, Kind, strike
from benchmarks.storm.ledger import Ledger
from benchmarks.storm.people import Person, live
from benchmarks.storm.report import Report
from benchmarks.storm.system import System
from config.embedded import postgres
from config.errors import told

RESIDENTS = 6
CALM_SECONDS = 2.0
console = Console(highlight=False, soft_wrap=True)


def main(arguments: Sequence[str]) -> int:
    """Storm, print the figures, and give 0 if nothing was lost, doubled or inconsistent."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storm", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--only", action="append", choices=[kind.name for kind in KINDS])
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    given = parser.parse_args(arguments)
    # Ended politely, it stops its system; Ctrl-C does so anyway.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    kinds = [kind for kind in KINDS if not given.only or kind.name in given.only]
    with told(), tempfile.TemporaryDirectory(prefix="yikou-storm-") as folder:
        system = System(Path(folder))
        system.start()
        try:
            system.settle()
            found = asyncio.run(_storm(system, kinds, given.minutes))
        finally:
            system.stop()
    console.print("\n".join(report.lines(found)))
    if given.write and found.sound:
        report.write(found)
    return 0 if found.sound else 1


async def _storm(system: System, kinds: Sequence[Kind], minutes: float) -> Report:
    ledger, stop = Ledger(), asyncio.Event()
    seconds: dict[str, list[float]] = {kind.name: [] for kind in kinds}
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(timeout=timeout) as http:

        def make(user: str, *, staff: bool = False) -> Person:
            return Person(http, system.api, system.sandbox, user, ledger=ledger, staff=staff)

        async with asyncio.TaskGroup() as group:
            for _ in range(RESIDENTS):
                staff = [make(user, staff=True) for user in ("clerk", "reviewer", "approver")]
                group.create_task(live(make, staff, stop))
            try:
                await _strikes(system, kinds, seconds, time.monotonic() + minutes * 60)
            finally:
                stop.set()
    url = postgres.owner_url(system.folder / "var")
    compared = await ledgers.compare(ledger, url)
    findings = audit.broken(await audit.run(url, _checks()))
    names = [f"{each.check.name} {each.faults.count}" for each in findings]
    return Report(minutes, ledger, compared, names, seconds)


def _checks() -> list[Check]:
    """All but those of the file store, which is not ours here."""
    stored = {"file_has_bytes", "bytes_have_file", "file_reads"}
    return [check for check in audit.checks() if check.name not in stored]


async def _strikes(
    system: System, kinds: Sequence[Kind], seconds: dict[str, list[float]], end: float
) -> None:
    for kind in cycle(kinds):
        if time.monotonic() > end:
            return
        await asyncio.sleep(CALM_SECONDS)
        took = await strike(system, kind)
        seconds[kind.name].append(took)
        console.print(f"{kind.name}: ready after {took:.1f} s")
        if took == float("inf"):
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
