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
from itertools import count, cycle, islice

from backend.papers import codes, drawing, trial, workshop
from backend.papers.content import Content
from backend.papers.wording import words
from benchmarks import machine
from benchmarks.report import DOCS
from config.errors import told

AT_ONCE = 2 * drawing.AT_ONCE
BATCHES, BATCH = 12, 20
COMMON = "王秀英（公民身份号码2****************6）"
_BEGIN, _END = "<!-- papers -->", "<!-- end of papers -->"


@dataclass
class Tally:
    """What was drawn."""

    papers: int = 0
    bytes: int = 0


async def measure(seconds: float) -> Tally:
    """Draw every kind of paper in turn, each somebody's own, as this process can."""
    drawn = Tally()
    layout = words().common.layout
    papers = cycle(content for _, content in trial.samples())
    for _ in range(drawing.AT_ONCE):
        await drawing.draw(next(papers), layout)  # the font is read
    end = time.perf_counter() + seconds

    async def one_after_the_other() -> None:
        while time.perf_counter() < end:
            drawn.papers += 1
            pdf = await drawing.draw(_own(next(papers), drawn.papers), layout)
            drawn.bytes += len(pdf)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return drawn


def alone(addressee: str) -> float:
    """The milliseconds of a processor that a paper costs one process, which draws nothing else.

    The best of some batches: what others do on the machine makes each of them slower.
    """
    layout = words().common.layout
    papers = cycle(content for _, content in trial.samples())
    numbers = count()
    batches: list[float] = []
    for _ in range(BATCHES):
        batch = [_own(paper, next(numbers), addressee) for paper in islice(papers, BATCH)]
        began = time.process_time()
        for paper in batch:
            workshop.drawn({**paper}, layout)
        batches.append((time.process_time() - began) / BATCH * 1000)
    return min(batches)


def _own(paper: Content, number: int, addressee: str = COMMON) -> Content:
    """The paper of somebody, with a number and a code of its own: nothing is drawn twice."""
    code = f"{number:016d}"
    url = f"https://yikou.example.gov.cn/verify/{code}"
    return {
        **paper,
        "number": f"沈和民决字〔2026〕第{number:06d}号",
        "addressee": f"{addressee}：",
        "verify": {**paper["verify"], "code": codes.grouped(code), "url": url},
    }


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
        each, rare = alone(COMMON), alone(trial.ADDRESSEE)
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d} on {machine.description()}.",
        f"Others kept it busy with a load of {load:.1f} when it began.",
        "",
        f"- {drawn.papers / given.seconds:.0f} papers/s by {drawing.AT_ONCE} helpers.",
        f"- {drawn.bytes / max(drawn.papers, 1) / 1000:.0f} KB a paper.",
        f"- One process: {each:.1f} ms of a processor a paper, {1000 / each:.0f} a second.",
        f"- With a rare character, for which the whole font is embedded: {rare:.1f} ms.",
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
