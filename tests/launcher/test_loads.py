"""A start loads the data files unless the last load took the same."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from config import database, sources
from config.settings import settings
from miniprogram_api.process import loads
from tests.cities import of_one_street, spoil
from tests.forked import Forked, Source
from tests.launcher.launch import environment, run_yikou
from tests.stage import Kind, scratch_database

# As `yikou run` does once the tables are there.
START = """
import asyncio
from miniprogram_api.process import launcher
from miniprogram_api.process.commands import processes
asyncio.run(launcher._load_changed(processes._load))
"""
BEGUN = """
import asyncio
from config import database
from miniprogram_api.process import loads
async def begin():
    await database.connect()
    await loads.begin()
asyncio.run(begin())
"""
NOTHING = "nothing to load"
TODAY = date(2026, 11, 26)


def said(source: str, environ: Mapping[str, str], output: Path) -> str:
    """The last line of what a process does in this environment."""
    assert Forked(Source(source), environ, out=output, err=output).wait(60) == 0, output.read_text()
    return (output.read_text().splitlines() or [""])[-1]


async def test_a_start_loads_what_has_changed_and_nothing_else(tmp_path: Path) -> None:
    city, output = of_one_street(tmp_path / "city"), tmp_path / "out"
    async with scratch_database("loads", like=Kind.EMPTY) as owner:
        environ = environment(tmp_path / "var", data_dir=str(city), database_url=owner)

        run_yikou(["migrate"], environ)
        assert NOTHING not in said(START, environ, output)
        assert NOTHING in said(START, environ, output)
        assert NOTHING not in run_yikou(["load"], environ).stdout

        spoil(city / "organisation" / "communities.csv", "浑河湾第一社区", "文安路社区")
        assert NOTHING not in said(START, environ, output)
        assert await name(owner) == "文安路社区"
        assert NOTHING in said(START, environ, output)

        said(BEGUN, environ, output)  # and then was killed
        assert NOTHING not in said(START, environ, output)


async def name(url: str) -> str:
    """What the first community is called in the database."""
    single = await database.single(url)
    try:
        return str(await single.fetchval("SELECT name FROM org_unit WHERE code = '210102001001'"))
    finally:
        await single.close()


def test_the_digest_follows_day_code_and_both_folders_of_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, ours, theirs = tmp_path / "code", tmp_path / "ours", tmp_path / "theirs"
    files = code / "loader.py", ours / "offices.yaml", theirs / "organisation" / "streets.csv"
    for path in files:
        path.parent.mkdir(parents=True)
        path.write_text("one")
    monkeypatch.setattr(loads, "DATA", ours)
    monkeypatch.setattr(
        loads, "settings", lambda: settings().model_copy(update={"data_dir": str(theirs)})
    )

    before = loads.digest(TODAY, code=(code,))
    assert loads.digest(TODAY, code=(code,)) == before
    assert loads.digest(date(2026, 11, 27), code=(code,)) != before
    for path in files:
        path.write_text("two")
        assert loads.digest(TODAY, code=(code,)) != before
        path.write_text("one")
    (theirs / "notes.md").write_text("nobody loads this")
    (theirs / ".git").mkdir()
    (theirs / ".git" / "stored.yaml").write_text("nor this")
    assert loads.digest(TODAY, code=(code,)) == before
    (theirs / "organisation" / "streets.csv").rename(theirs / "streets.csv")
    assert loads.digest(TODAY, code=(code,)) != before


def test_what_is_loaded_and_what_loads_it_is_within_the_digest() -> None:
    assert sources.DATA.is_relative_to(loads.ROOT)
    for package in ("backend", "config", "models"):
        assert loads.ROOT / package in loads.CODE
