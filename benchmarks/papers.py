"""`python -m benchmarks.papers`: how many papers a web process has drawn in a second."""

import argparse
import asyncio
import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice

from backend.papers import drawing, trial, workshop
from backend.papers.content import Content
from backend.papers.wording import words
from benchmarks import machine
from benchmarks.report import DOCS
from config.errors import told

AT_ONCE = 2 * drawing.AT_ONCE
ALONE = 200
WARM = 20
_BEGIN, _END = "<!-- papers -->", "<!-- end of papers -->"


@dataclass
class Tally:
    """What was drawn."""

    papers: int = 0
    bytes: int = 0


async def measure(seconds: float) -> Tally:
    """Draw every kind of paper in turn, each with a number of its own, as this process can."""
    drawn = Tally()
    layout = words().common.layout
    papers = cycle(content for _, content in trial.samples())
    for _ in range(drawing.AT_ONCE):
        await drawing.draw(next(papers), layout)  # the font is read
    end = time.perf_counter() + seconds

    async def one_after_the_other() -> None:
        while time.perf_counter() < end:
            drawn.papers += 1
            pdf = await drawing.draw(_numbered(next(papers), drawn.papers), layout)
            drawn.bytes += len(pdf)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return drawn


def alone() -> float:
    """The milliseconds of a processor that a paper costs one process, which draws nothing else."""
    layout = words().common.layout
    papers = cycle(content for _, content in trial.samples())
    for number, paper in enumerate(islice(papers, WARM + ALONE)):
        if number == WARM:
            began = time.process_time()
        workshop.drawn({**_numbered(paper, number)}, layout)
    return (time.process_time() - began) / ALONE * 1000


def _numbered(paper: Content, number: int) -> Content:
    return {**paper, "number": f"沈和民决字〔2026〕第{number:06d}号"}


def main(arguments: Sequence[str]) -> int:
    """Measure, and say so in a few lines."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.papers", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    given = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    with told():
        drawn = asyncio.run(measure(given.seconds))
        drawing.helpers.close()
        memory = machine.megabytes(os.getpid())
        each = alone()
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d} on {machine.description()}.",
        f"Others kept it busy with a load of {load:.1f} when it began.",
        "",
        f"- {drawn.papers / given.seconds:.0f} papers/s by {drawing.AT_ONCE} helpers.",
        f"- {drawn.bytes / max(drawn.papers, 1) / 1000:.0f} KB a paper.",
        f"- One process: {each:.1f} ms of a processor a paper.",
        f"- Who has them drawn, in its own process: PSS {memory[1] if memory else 0:.0f} MB.",
    ]
    sys.stdout.write("\n".join((*lines, "")))
    if given.write:
        text = DOCS.read_text(encoding="utf-8")
        fresh = "\n".join((_BEGIN, *lines, _END))
        pattern = f"{_BEGIN}.*{_END}"
        DOCS.write_text(re.sub(pattern, lambda _: fresh, text, flags=re.DOTALL), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
