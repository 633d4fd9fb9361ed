"""What is told of an upgrade, and that the first release's tables take what fills them."""

import pytest

from benchmarks import ids, seed
from benchmarks.upgrade import filling, report
from benchmarks.upgrade.people import Served, people
from benchmarks.upgrade.report import Report
from config import database, migration
from config.patience import PERSON
from tests.stage import scratch_database


async def nothing(_connection: object, _number: int) -> None: ...


def a_report(*, seconds: float = 4.0, errors: tuple[str, ...] = ()) -> Report:
    quiet = Served("read a case", nothing, [0.002, 0.004, 0.003])
    during = Served("read a case", nothing, [0.01, 0.5], list(errors))
    return Report(1_234_567, 0.3, ["0002_a", "0003_b"], seconds, [quiet], [during])


def test_the_figures_are_times_waits_and_errors() -> None:
    told = list(report.lines(a_report()))

    assert (
        "- 1,234,567 rows in all; 2 migrations after the first release, the last of them `0003_b`."
    ) in told
    assert "- `yikou migrate`: 4.0 s (at most 60 ✓)." in told
    assert told[-1] == "| read a case | 3 | 3.0 ms | 4 ms | 2 | 10.0 ms | 500 ms | 0 |"


def test_an_upgrade_is_sound_if_it_is_quick_and_nobody_is_refused() -> None:
    assert a_report().sound
    assert not a_report(seconds=60.1).sound
    refused = a_report(errors=("LockNotAvailableError after 3.0 s",))
    assert not refused.sound
    assert "1 (LockNotAvailableError after 3.0 s)" in list(report.lines(refused))[-1]


async def test_the_first_release_is_filled_and_asked_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def nobody(_single: object) -> None: ...

    monkeypatch.setattr(seed, "fill", nobody)
    async with scratch_database("year") as url:
        await filling.fill(url, url)
        connection = await database.single(url, patience=PERSON)
        for each in people():
            await each.act(connection, ids.FIRST)
        left = await connection.fetchval("SELECT count(*) FROM message")
        await migration.migrate(url, applied=lambda _name: None)
        assert await connection.fetchval("SELECT count(*) FROM message") == left > 0
        await connection.close()
