"""`python -m benchmarks.year`: what of a year's messages reaches the phone, rule by rule."""

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console

from backend.messages.planning import Purpose
from benchmarks.report import DOCS
from benchmarks.year import city
from benchmarks.year.play import ALL_TAPS, Found, Rules, Year
from config.errors import told
from models import Importance

CASES, SEED = 10_000, 8
LEAST_SHARE = 0.95
_BEGIN, _END = "<!-- year -->", "<!-- end of year -->"
_HEAD = ("Rules", "result arrives", "must act", "progress", "on the phone", "questions")
console = Console(highlight=False, soft_wrap=True)

OLD = Rules(
    name="none: each message spends a credit",
    own_acts_in_inbox=False,
    last_credit_kept=False,
    answers_first=False,
    figures=False,
)
ALL = Rules(name="**all**")
ONCE = [
    OLD,
    replace(ALL, name="all but: own acts in the inbox alone", own_acts_in_inbox=False),
    replace(ALL, name="all but: the last credit is kept", last_credit_kept=False),
    replace(ALL, name="all but: answers before deliveries", answers_first=False),
    replace(ALL, name="all but: figures of past cases", figures=False),
    ALL,
]
"""With one tap at submission, which everybody accepts."""
_OFTEN = replace(ALL, name="**all, at each tap**", taps=ALL_TAPS, accepts=0.7)
TAPS = [
    replace(OLD, name="none, asked once", accepts=0.7),
    replace(ALL, name="all, asked once", accepts=0.7),
    *(
        replace(_OFTEN, name=f"all but: asked at {tap}", taps=ALL_TAPS - {tap})
        for tap in (Purpose.SUBMIT, Purpose.SUPPLEMENT, Purpose.VIEW)
    ),
    replace(_OFTEN, name="all but: the last credit is kept", last_credit_kept=False),
    _OFTEN,
]
"""With questions at each tap of which seven in ten are answered with yes."""


def main(arguments: Sequence[str]) -> int:
    """Play the year under each set of rules; the status is 1 if too few results arrive."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.year", description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    with told():
        cases = city.build(city.catalogue(), cases=given.cases, seed=given.seed)
        once = [(rules, Year(cases, rules, seed=given.seed).play()) for rules in ONCE]
        often = [(rules, Year(cases, rules, seed=given.seed).play()) for rules in TAPS]
    lines = list(_lines(len(cases), given.seed, once, often))
    console.print("\n".join(lines))
    console.print(f"{time.monotonic() - started:.0f} s in all.")
    if given.write:
        _write(lines)
    return 0 if once[-1][1].result_share >= LEAST_SHARE else 1


def _lines(
    cases: int, seed: int, once: list[tuple[Rules, Found]], often: list[tuple[Rules, Found]]
) -> Iterator[str]:
    yield f"{cases:,} cases of all flows, seed {seed}, {datetime.now(UTC):%Y-%m-%d}."
    yield ""
    yield "One tap at submission, accepted by everybody:"
    yield ""
    yield from _table(once)
    yield ""
    yield "Asked at each tap where messages are still ahead; seven in ten accept:"
    yield ""
    yield from _table(often)
    every, asked_once = often[-1][1], often[1][1]
    yield ""
    yield (
        f"Asked at each tap, {every.on_phone / max(asked_once.on_phone, 1):.1f} times as many"
        " messages reach the phone as when asked once by the same rules."
    )


def _table(played: list[tuple[Rules, Found]]) -> Iterator[str]:
    yield f"| {' | '.join(_HEAD)} |"
    yield "|---" + "|--:" * (len(_HEAD) - 1) + "|"
    for rules, found in played:
        cells = (
            rules.name,
            f"{found.result_share:.1%}",
            _share(found, Importance.ACT),
            _share(found, Importance.INFO),
            f"{found.on_phone:,}",
            f"{found.asked:,}",
        )
        yield f"| {' | '.join(cells)} |"


def _share(found: Found, importance: Importance) -> str:
    return f"{found.arrived[importance] / max(found.told[importance], 1):.1%}"


def _write(lines: Sequence[str]) -> None:
    text = DOCS.read_text(encoding="utf-8")
    fresh = "\n".join([_BEGIN, *lines, _END])
    pattern = f"{re.escape(_BEGIN)}.*{re.escape(_END)}"
    DOCS.write_text(re.sub(pattern, lambda _: fresh, text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
