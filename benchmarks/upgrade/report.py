"""What an upgrade took, on the terminal and in docs/benchmarks.md."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks import machine
from benchmarks.report import DOCS
from benchmarks.storm.report import quantile
from benchmarks.upgrade.people import Served

MOST_SECONDS = 60.0
_BEGIN, _END = "<!-- upgrade -->", "<!-- end of upgrade -->"

_HEAD = ("Who", "quiet: times", "p50", "longest", "meanwhile: times", "p50", "longest", "errors")


@dataclass(frozen=True)
class Report:
    """The migrations by name, the seconds of the command, and who was served before and during."""

    rows: int
    load: float
    applied: Sequence[str]
    seconds: float
    before: Sequence[Served]
    during: Sequence[Served]

    @property
    def sound(self) -> bool:
        """Whether it was quick enough, and nobody was refused."""
        refused = any(each.errors for each in (*self.before, *self.during))
        return self.seconds <= MOST_SECONDS and not refused


def lines(report: Report) -> Iterator[str]:
    """The figures as Markdown."""
    yield f"{datetime.now(UTC):%Y-%m-%d} on {machine.description()}."
    yield f"Others kept it busy with a load of {report.load:.1f} when it began."
    yield ""
    count = len(report.applied)
    last = f", the last of them `{report.applied[-1]}`" if report.applied else ""
    yield f"- {report.rows:,} rows in all; {count} migrations after the first release{last}."
    mark = "✓" if report.seconds <= MOST_SECONDS else "✗"
    yield f"- `yikou migrate`: {report.seconds:.1f} s (at most {MOST_SECONDS:.0f} {mark})."
    yield ""
    yield f"| {' | '.join(_HEAD)} |"
    yield f"|---|{'--:|' * (len(_HEAD) - 1)}"
    for before, during in zip(report.before, report.during, strict=True):
        errors = [*before.errors, *during.errors]
        told = f"{len(errors)} ({errors[0]})" if errors else "0"
        yield f"| {before.name} | {_marks(before)} | {_marks(during)} | {told} |"


def _marks(served: Served) -> str:
    took = sorted(served.took)
    if not took:
        return "0 | – | –"
    longest, middle = took[-1] * 1000, quantile(took, 0.5) * 1000
    return f"{len(took):,} | {middle:.1f} ms | {longest:.0f} ms"


def write(report: Report) -> None:
    """Replace the upgrade's figures in the document."""
    text = DOCS.read_text(encoding="utf-8")
    fresh = "\n".join((_BEGIN, *lines(report), _END))
    pattern = f"{_BEGIN}.*{_END}"
    DOCS.write_text(re.sub(pattern, lambda _: fresh, text, flags=re.DOTALL), encoding="utf-8")
