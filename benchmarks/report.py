"""The figures as tables: on the terminal, and in docs/benchmarks.md."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path as File
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks import machine
from benchmarks.drain import DELIVERIES, Drain
from benchmarks.rounds import CLIENTS, Figures, Pace

DOCS = File(__file__).parent.parent / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"
_NONE = "–"
_VERSIONS = ("sanic", "tortoise-orm", "asyncpg", "fastapi", "uvicorn", "sqlalchemy")
HEAD = (
    *("Path", "Yikou /s", "Peer /s", "× peer", "Limit /s", "of limit"),
    *("CPU µs, peer", "PostgreSQL µs, limit", "Target"),
)


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """A server's memory after the load (see `machine.megabytes`), and its start in seconds."""

    megabytes: tuple[float, float] | None
    start_seconds: float


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that one run found."""

    pace: Pace
    figures: Sequence[Figures]
    drain: Drain | None
    web: Footprint
    peer: Footprint

    @property
    def sound(self) -> bool:
        """Whether every figure is valid."""
        return not self.faults()

    def faults(self) -> list[str]:
        """Why figures are not valid."""
        found = [f"{each.path.name}: {each.fault}" for each in self.figures if each.fault]
        if self.drain and self.drain.fault:
            found.append(f"Deliveries: {self.drain.fault}")
        return found


def show(report: Report, console: Console) -> None:
    """Print the tables."""
    table = Table(*HEAD, title="Rates a second and their ratios", title_justify="left")
    for column in table.columns:
        column.no_wrap = True
        column.justify = "left" if column is table.columns[0] else "right"
    for row in rows(report):
        table.add_row(*row)
    console.print(table)
    for line in notes(report):
        console.print(line)
    for fault in report.faults():
        console.print(f"[red]Not valid:[/] {fault}", highlight=False)


def rows(report: Report) -> list[tuple[str, ...]]:
    """The table's rows, one for each path, each as long as HEAD."""
    found = [_row(each) for each in report.figures]
    if (drain := report.drain) is not None:
        name = f"Deliver {DELIVERIES:,} (20 ms each)"
        found.append(
            (name, "invalid", *([_NONE] * (len(HEAD) - 2)))
            if drain.fault
            else (
                name,
                _rate(drain.ours),
                _rate(drain.peer),
                f"{drain.times_peer:.1f}",
                *([_NONE] * (len(HEAD) - 4)),
            )
        )
    return found


def notes(report: Report) -> list[str]:
    """Memory and start, in sentences."""
    web, peer = report.web, report.peer
    memory = f"{_megabytes(web)}; the peer's: {_megabytes(peer)}"
    start = f"{web.start_seconds:.1f} s; the peer's: {peer.start_seconds:.1f} s"
    meaning = (
        "PSS is its share, in which a page of n processes counts 1/n, so shares add up;"
        " RSS is all that is resident."
    )
    return [
        f"Memory of the web worker after the load: {memory}. {meaning}",
        f"From the start of the process to /readyz, second start: {start}.",
    ]


def write(report: Report, file: File = DOCS) -> None:
    """Replace the figures in the document."""
    text = file.read_text(encoding="utf-8")
    fresh = f"{_BEGIN}\n{markdown(report)}\n{_END}"
    pattern = f"{re.escape(_BEGIN)}.*{re.escape(_END)}"
    file.write_text(re.sub(pattern, lambda _: fresh, text, flags=re.DOTALL), encoding="utf-8")


def markdown(report: Report) -> str:
    """The tables for the document, with where and when."""
    pace = report.pace
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d} on: {machine.description()}.",
        f"Medians of {pace.rounds} rounds of {pace.seconds:g} s, {CLIENTS} connections.",
        f"{_versions()}.",
        "",
        f"| {' | '.join(HEAD)} |",
        f"|---|{'--:|' * (len(HEAD) - 1)}",
        *(f"| {' | '.join(row)} |" for row in rows(report)),
        "",
        *(f"- {line}" for line in notes(report)),
    ]
    return "\n".join(lines)


def _row(figures: Figures) -> tuple[str, ...]:
    path = figures.path
    if figures.fault:
        return (path.name, "invalid", *([_NONE] * (len(HEAD) - 2)))
    return (
        path.name,
        _rate(figures.ours),
        _rate(figures.peer),
        f"{figures.times_peer:.1f}",
        f"{_rate(figures.limit)} ({figures.limit_clients})",
        f"{figures.of_limit:.2f}",
        f"{median(figures.ours_cpu):.0f}, {median(figures.peer_cpu):.0f}",
        f"{median(figures.ours_database):.0f}, {median(figures.limit_database):.0f}",
        _target(figures),
    )


def _target(figures: Figures) -> str:
    asked = [
        (figures.path.times_peer, figures.times_peer, "× {:g}"),
        (figures.path.of_limit, figures.of_limit, "{:g} of limit"),
    ]
    return ", ".join(
        f"{words.format(wanted)} {'✓' if found >= wanted else '✗'}"
        for wanted, found, words in asked
        if wanted is not None
    )


def _rate(rates: Sequence[float]) -> str:
    return f"{median(rates):,.0f}"


def _megabytes(footprint: Footprint) -> str:
    if footprint.megabytes is None:
        return "unknown"
    seen, share = footprint.megabytes
    return f"PSS {share:.0f} MB, RSS {seen:.0f} MB"


def _versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
