"""How long staff waited, on the terminal and in docs/benchmarks.md."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks import machine
from benchmarks.report import DOCS
from benchmarks.storm.report import quantile

MOST_MS = 50.0
_BEGIN, _END = "<!-- desk -->", "<!-- end of desk -->"
_HEAD = ("16 at once", "/s", "p50", "p95", "p99", f"p95 < {MOST_MS:.0f} ms", "SQL alone /s", "p95")


@dataclass(frozen=True, kw_only=True)
class Waits:
    """The seconds that each answer took, and each time that its SQL alone was run."""

    name: str
    seconds: float
    ours: Sequence[float]
    raw: Sequence[float]

    @property
    def sound(self) -> bool:
        """Whether staff wait no longer than they should."""
        return _ms(self.ours, 0.95) < MOST_MS


def lines(found: Sequence[Waits], *, cases: int, load: float) -> Iterator[str]:
    """The figures as Markdown."""
    yield f"{datetime.now(UTC):%Y-%m-%d} on {machine.description()}, {cases:,} cases."
    yield f"Others kept it busy with a load of {load:.1f} when it began."
    yield ""
    yield f"| {' | '.join(_HEAD)} |"
    yield f"|---|{'--:|' * (len(_HEAD) - 1)}"
    for each in found:
        marks = [f"{_ms(each.ours, share):.1f} ms" for share in (0.5, 0.95, 0.99)]
        rate, raw = (f"{len(took) / each.seconds:,.0f}" for took in (each.ours, each.raw))
        cells = [rate, *marks, "✓" if each.sound else "✗", raw, f"{_ms(each.raw, 0.95):.1f} ms"]
        yield f"| {each.name} | {' | '.join(cells)} |"


def write(told: Sequence[str]) -> None:
    """Replace these figures in the document."""
    text = DOCS.read_text(encoding="utf-8")
    fresh = "\n".join((_BEGIN, *told, _END))
    pattern = f"{_BEGIN}.*{_END}"
    DOCS.write_text(re.sub(pattern, lambda _: fresh, text, flags=re.DOTALL), encoding="utf-8")


def _ms(took: Sequence[float], share: float) -> float:
    return quantile(sorted(took), share) * 1000
