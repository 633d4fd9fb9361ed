from benchmarks.batch import Took


def test_a_batch_is_told_beside_single_filings_and_as_a_whole() -> None:
    took = Took(elders=200, alone=50, scans=20, tried=4, filed=5, singly=5, table=8)

    lines = took.lines()

    assert lines[0].startswith("- 200 elders: 29 s from the first scan to the last case")
    assert "25 rows/s" in lines[3]
    assert "40 rows/s" in lines[4]
    assert "10/s (× 4.0)" in lines[5]
