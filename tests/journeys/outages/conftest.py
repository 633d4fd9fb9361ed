"""Everything started as an operator does, for the tests that kill and stop parts of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout

from config import sources
from config.embedded import postgres
from sandbox.seed import CITY, DISTRICT, STREET
from tests.launcher.launch import Launched, environment, launched
from tests.live import Live

HAS_PROC = Path("/proc/self").exists()


@pytest.fixture(scope="package")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Launched]:
    if not HAS_PROC:
        pytest.skip("needs Linux")
    folder = tmp_path_factory.mktemp("city")
    given = {"rate_limits": "off", "log_level": "warning", "data_dir": str(one_street(folder))}
    with launched(environment(folder / "var", **given)) as city:
        await asyncio.to_thread(city.until, city.ready)
        yield city


def one_street(folder: Path) -> Path:
    """The data files of a city of one street; all of it would be loaded, and recovered, anew."""
    own = folder / "data" / "organisation"
    own.mkdir(parents=True)
    for name in ("districts.csv", "streets.csv", "communities.csv"):
        rows = (sources.DATA / "organisation" / name).read_text().splitlines(keepends=True)
        here = (CITY, DISTRICT, STREET[:9])
        (own / name).write_text(
            "".join(r for r in rows if not r[0].isdigit() or r.startswith(here))
        )
    return own.parent


@pytest.fixture
async def live(city: Launched) -> Live:
    ports = [city.environ[name] for name in ("YIKOU_PORT", "YIKOU_SANDBOX_PORT")]
    api, sandbox = (f"http://127.0.0.1:{port}" for port in ports)
    return Live(api=api, sandbox=sandbox, database_url=postgres.url(city.var_dir))


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=ClientTimeout(30)) as http:
        yield http
