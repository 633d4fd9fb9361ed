from benchmarks.storm import report
from benchmarks.storm.ledger import Compared, Ledger
from benchmarks.storm.report import Report


def a_report(ledger: Ledger, **found: int) -> Report:
    compared = Compared(found.get("lost", 0), found.get("doubled", 0))
    return Report(5, ledger, compared, (), {"Redis": [1.0, 3.0, 2.0]})


def test_a_quantile_is_a_value_that_was_seen() -> None:
    assert report.quantile([1, 2, 3, 4], 0.5) == 2
    assert report.quantile([1, 2, 3, 4], 0.95) == 4
    assert report.quantile([7], 0.95) == 7


def test_a_storm_is_sound_while_nothing_is_lost_doubled_or_our_fault() -> None:
    assert a_report(Ledger()).sound
    assert not a_report(Ledger(), lost=1).sound
    assert not a_report(Ledger(), doubled=1).sound
    ledger = Ledger()
    ledger.statuses[500] += 1
    assert not a_report(ledger).sound


def test_the_latest_acknowledged_version_counts() -> None:
    ledger = Ledger()
    for version in (3, 1):
        ledger.case("accept", {"id": "a", "version": version})

    assert ledger.cases == {"a": 3}
    assert "- Acknowledged: 2 effects (2 accept)." in report.lines(a_report(ledger))
    assert "| Redis | 3 | 2.0 s | 3.0 s | 3.0 s |" in report.lines(a_report(ledger))
