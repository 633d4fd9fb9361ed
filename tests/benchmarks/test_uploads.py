from collections import Counter

from benchmarks.uploads.__main__ import Row, line


def test_a_row_tells_the_middle_the_last_hundredth_and_the_longest() -> None:
    took = [number / 1000 for number in range(1, 201)]

    told = line(Row("PDF", took, [0.004], Counter({503: 1, 201: 3})))

    assert told == (
        "| PDF | 3 × 201, 1 × 503 | 100.0 ms | 198.0 ms | 200.0 ms | 4.0 ms | 4.0 ms | 4.0 ms |"
    )
