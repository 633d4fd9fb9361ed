"""`python -m benchmarks.desk`: how long staff wait, 16 at once, in a city with a million cases."""

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack

import uvloop
from rich.console import Console

from benchmarks import ids, pgbench
from benchmarks.desk import report
from benchmarks.desk.paths import paths
from benchmarks.desk.report import Waits
from benchmarks.desk.seed import fill
from benchmarks.ids import Side
from benchmarks.load import LoadFailed, press
from benchmarks.paths import Path
from benchmarks.pgbench import Run, Script
from benchmarks.sample import sample
from benchmarks.stage import Stage, running, stage, wait_until_ready
from benchmarks.traffic import Traffic
from config.errors import told

USERS = 16
_SECONDS = 5.0
_SHORT = 1.0
console = Console(highlight=False, soft_wrap=True)


def main(arguments: Sequence[str]) -> int:
    """Measure, print the figures, and give 0 if nobody waits too long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="usually 1,000,000")
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    given = parser.parse_args(arguments)
    # Ended politely, it stops its servers; Ctrl-C does so anyway.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    load = os.getloadavg()[0]
    with told(), stage() as made:
        found = uvloop.run(_measure(made, given.cases))
    lines = list(report.lines(found, cases=given.cases, load=load))
    console.print("\n".join(lines), markup=False)
    sound = all(each.sound for each in found)
    if given.write and sound:
        report.write(lines)
    return 0 if sound else 1


async def _measure(made: Stage, cases: int) -> list[Waits]:
    console.print(f"A city with {cases:,} cases …")
    sought = await fill(made.owner_url, made.database_url, cases)
    traffic, asked = Traffic(sought.clerk), paths(sought)
    gc.collect()
    gc.freeze()
    console.print("The SQL of each …")
    scripts = await sample(made, traffic, asked)
    with ExitStack() as undo:
        argv = ["miniprogram_api.process.web"]
        child = undo.enter_context(running(made, "web", argv, core=made.cores.measured))
        wait_until_ready(made, child, "web", made.web_port)
        return [await _waits(made, traffic, path, scripts[path.key]) for path in asked]


async def _waits(made: Stage, traffic: Traffic, path: Path, script: Script) -> Waits:
    console.print(f"{path.name} …")
    requests = path.requests(traffic, Side.OURS)
    for seconds in (_SHORT, _SECONDS):
        tally = await press(made.web_port, requests, clients=USERS, seconds=seconds)
        if tally.refused:
            raise LoadFailed(f"{path.name}: {tally.refusal}")
    log = made.folder / "waits"
    how = Run(
        clients=USERS, seconds=_SECONDS, number=1, people=ids.APPLICANTS, slots=range(1), log=log
    )
    pgbench.run(script, made, how)
    return Waits(name=path.name, seconds=_SECONDS, ours=tally.waits, raw=pgbench.waits(log))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
