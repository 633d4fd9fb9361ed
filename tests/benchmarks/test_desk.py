"""What is told of how long staff wait."""

from benchmarks.desk import report
from benchmarks.desk.report import Waits


def test_the_waits_are_told_beside_those_of_the_sql_alone() -> None:
    quick = Waits(name="To-do", seconds=2.0, ours=[0.002] * 99 + [0.3], raw=[0.001] * 50)
    slow = Waits(name="List", seconds=2.0, ours=[0.051] * 10, raw=[0.001] * 10)

    told = list(report.lines([quick, slow], cases=1_000_000, load=0.25))

    assert told[0].endswith(", 1,000,000 cases.")
    assert told[-2] == "| To-do | 50 | 2.0 ms | 2.0 ms | 2.0 ms | ✓ | 25 | 1.0 ms |"
    assert (quick.sound, slow.sound) == (True, False)
