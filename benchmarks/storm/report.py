"""What a storm found, on the terminal and in docs/benchmarks.md."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from benchmarks import machine
from benchmarks.report import DOCS
from benchmarks.storm.ledger import Compared, Ledger

_BEGIN, _END = "<!-- storm -->", "<!-- end of storm -->"
SINGLE_SECONDS, ALL_WEB_SECONDS = 3.0, 5.0


@dataclass(frozen=True)
class Report:
    """All that one storm found; `seconds` are the times to ready by kind."""

    minutes: float
    ledger: Ledger
    compared: Compared
    inconsistent: Sequence[str]
    seconds: Mapping[str, Sequence[float]]

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, doubled, inconsistent or our own fault."""
        wrong = self.compared.lost + self.compared.doubled + len(self.inconsistent)
        return wrong + self.ledger.statuses[500] == 0


def lines(report: Report) -> Iterator[str]:
    """The figures as Markdown."""
    ledger, kills = report.ledger, sum(map(len, report.seconds.values()))
    yield f"{kills} blows in {report.minutes:g} minutes, {datetime.now(UTC):%Y-%m-%d}, on:"
    yield f"{machine.description()}."
    yield ""
    told = ", ".join(f"{count} {what}" for what, count in sorted(ledger.acknowledged.items()))
    yield f"- Acknowledged: {ledger.acknowledged.total():,} effects ({told})."
    yield f"- Lost: {report.compared.lost}; doubled: {report.compared.doubled}; inconsistent:"
    yield f"  {', '.join(report.inconsistent) or 0} (`yikou audit`)."
    yield f"- Responses 500: {ledger.statuses[500]}; 503: {ledger.statuses[503]}; connections that"
    yield f"  broke: {ledger.resets}; calls given up: {ledger.given_up.total()}."
    if ledger.surprises:
        refused = ", ".join(f"{times} × {what}" for what, times in ledger.surprises.items())
        yield f"- Refused otherwise: {refused}."
    yield ""
    yield "| Blow | times | ready after p50 | p95 | max |"
    yield "|---|--:|--:|--:|--:|"
    for name, found in report.seconds.items():
        if found:
            ordered = sorted(found)
            marks = (quantile(ordered, 0.5), quantile(ordered, 0.95), ordered[-1])
            yield f"| {name} | {len(found)} | " + " | ".join(f"{x:.1f} s" for x in marks) + " |"


def quantile(ordered: Sequence[float], part: float) -> float:
    """The smallest value that `part` of all do not pass."""
    return ordered[ceil(len(ordered) * part) - 1]


def write(report: Report) -> None:
    """Replace the storm's figures in the document."""
    text = DOCS.read_text(encoding="utf-8")
    fresh = _BEGIN + "\n" + "\n".join(lines(report)) + "\n" + _END
    pattern = f"{re.escape(_BEGIN)}.*{re.escape(_END)}"
    DOCS.write_text(re.sub(pattern, lambda _: fresh, text, flags=re.DOTALL), encoding="utf-8")
