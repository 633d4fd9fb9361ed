from pathlib import Path

from benchmarks import report
from benchmarks.drain import Drain
from benchmarks.paths import PATHS
from benchmarks.report import Footprint, Report
from benchmarks.rounds import Figures, Pace

SUBMIT = next(path for path in PATHS if path.key == "submit")
READ = next(path for path in PATHS if path.key == "read")


def of(*figures: Figures, drain: Drain | None = None) -> Report:
    """A report with these figures."""
    return Report(
        pace=Pace(3, 2.0),
        figures=figures,
        drain=drain,
        web=Footprint(megabytes=(161.2, 101.4), start_seconds=1.26),
        peer=Footprint(megabytes=None, start_seconds=0.5),
    )


def submitting(ours: list[float]) -> Figures:
    """Figures of submitting beside a peer of 500 and a limit of 3000 a second."""
    return Figures(
        SUBMIT,
        ours=ours,
        peer=[500.0, 480.0, 9000.0],
        limit=[3000.0],
        limit_clients=4,
        ours_cpu=[650.0],
        peer_cpu=[2000.0],
        ours_database=[800.0],
        limit_database=[600.0],
    )


def test_a_row_shows_medians_ratios_and_whether_the_targets_are_met() -> None:
    (row,) = report.rows(of(submitting([1400.0, 1200.0, 90.0])))

    assert len(row) == len(report.HEAD)
    assert row[1:] == (
        "1,200",
        "500",
        "2.4",
        "3,000 (4)",
        "0.40",
        "650, 2000",
        "800, 600",
        "× 2 ✓, 0.5 of limit ✗",
    )


def test_a_refusal_makes_the_figures_invalid() -> None:
    found = of(submitting([1400.0]), Figures(READ, fault="ours: 3 answers were not 2xx"))

    assert not found.sound
    assert report.rows(found)[1][1] == "invalid"
    assert "3 answers" in found.faults()[0]


def test_deliveries_are_compared_with_the_bare_sender_alone() -> None:
    (row,) = report.rows(of(drain=Drain([3000.0], [300.0])))

    assert row[1:4] == ("3,000", "300", "10.0")
    assert len(row) == len(report.HEAD)


def test_the_document_is_renewed_between_its_markers(tmp_path: Path) -> None:
    file = tmp_path / "benchmarks.md"
    file.write_text("before\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n")

    for _ in range(2):
        report.write(of(submitting([1400.0])), file)

    text = file.read_text()
    assert text.startswith("before\n<!-- figures -->\n")
    assert text.endswith("<!-- end of figures -->\nafter\n")
    assert "old" not in text
    assert text.count("| Submit a case") == 1
    assert "after the load: PSS 101 MB, RSS 161 MB; the peer's: unknown. PSS is its share" in text
    assert text.count("RSS is all that is resident") == 1
