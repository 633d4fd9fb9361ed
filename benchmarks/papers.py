"""`python -m benchmarks.papers`: how many papers a web process has drawn in a second."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from backend.papers import drawing, trial
from backend.papers.content import Content
from backend.papers.wording import words
from benchmarks import machine
from config.errors import told

AT_ONCE = 2 * drawing.AT_ONCE


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


def _numbered(paper: Content, number: int) -> Content:
    return {**paper, "number": f"沈和民决字〔2026〕第{number:06d}号"}


def main(arguments: Sequence[str]) -> int:
    """Measure, and say so in three lines."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.papers", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    with told():
        began = time.perf_counter()
        drawn = asyncio.run(measure(given.seconds))
        took = time.perf_counter() - began
        mine = machine.megabytes(os.getpid())
    sys.stdout.write(
        f"{machine.description()}, load before {load:.1f}\n"
        f"{drawn.papers / given.seconds:.0f} papers/s by {drawing.AT_ONCE} helpers,"
        f" {drawn.bytes / max(drawn.papers, 1) / 1000:.0f} KB each; {took:.1f} s in all\n"
        f"this process: {mine[0] if mine else 0:.0f} MB PSS\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
