"""`python -m benchmarks`: measure, print the table, and write it down if asked to."""

import gc
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

import uvloop
from rich.console import Console
from rich.status import Status

from benchmarks import machine, options, report
from benchmarks.drain import Drain, drain
from benchmarks.options import DRAIN, Options
from benchmarks.paths import PATHS
from benchmarks.report import Footprint, Report
from benchmarks.rounds import Bench, Figures
from benchmarks.sample import sample
from benchmarks.seed import seed
from benchmarks.stage import Stage, running, stage, wait_until_ready
from benchmarks.traffic import Traffic
from config.errors import told

_WIDTH = 150
console = Console(highlight=False, width=_WIDTH, soft_wrap=True)
_PEER = ("uvicorn", "benchmarks.peer.app:app", "--no-access-log", "--log-level", "warning")


def main(arguments: Sequence[str]) -> int:
    """Measure; the status is 1 if a figure is not valid."""
    asked = options.read(arguments)
    # Ended politely, it stops its servers; Ctrl-C does so anyway.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = time.monotonic()
    with told(), stage() as made:
        found = uvloop.run(_measure(made, asked))
    report.show(found, console)
    console.print(f"{machine.description()}; {time.monotonic() - started:.0f} s in all.")
    if asked.write and found.sound:
        report.write(found)
    return 0 if found.sound else 1


async def _measure(made: Stage, asked: Options) -> Report:
    console.print("A city with 60,000 residents and 100,000 cases …")
    clerk = await seed(made.owner_url, made.database_url)
    traffic = Traffic(clerk)
    gc.collect()
    gc.freeze()
    paths = [path for path in PATHS if asked.wants(path.key)]
    console.print("The SQL of each path …")
    scripts = await sample(made, traffic, paths)
    queue: Drain | None = None
    if asked.wants(DRAIN):
        console.print("Deliveries …")
        queue = await drain(made, rounds=min(asked.pace.rounds, 3))
    figures: list[Figures] = []
    with ExitStack() as undo:
        web_pid, web_start = _started(made, "web", undo)
        peer_pid, peer_start = _started(made, "peer", undo)
        bench = Bench(made, traffic, web_pid=web_pid, peer_pid=peer_pid)
        for path in paths:
            with console.status(path.name) as status:
                figures.append(
                    await bench.measure(
                        path,
                        scripts[path.key],
                        asked.pace,
                        told=partial(_tell, status, path.name),
                    )
                )
            console.print(f"{path.name}: {figures[-1].fault or 'measured'}")
        web = Footprint(megabytes=machine.megabytes(web_pid), start_seconds=web_start)
        peer = Footprint(megabytes=machine.megabytes(peer_pid), start_seconds=peer_start)
    return Report(pace=asked.pace, figures=figures, drain=queue, web=web, peer=peer)


def _tell(status: Status, name: str, what: str) -> None:
    status.update(f"{name}: {what}")


def _started(made: Stage, name: str, undo: ExitStack) -> tuple[int, float]:
    """Start a server on the measured core; its process and the seconds until it was ready."""
    port = made.web_port if name == "web" else made.peer_port
    argv = ["miniprogram_api.process.web"] if name == "web" else [*_PEER, "--port", str(port)]
    begun = time.perf_counter()
    child = undo.enter_context(running(made, name, argv, core=made.cores.measured))
    wait_until_ready(made, child, name, port)
    return machine.server_of(child.pid), time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
