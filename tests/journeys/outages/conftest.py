"""Everything started as an operator does, for the tests that kill and stop parts of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout

from config.embedded import postgres
from tests.cities import one_street
from tests.launcher.launch import Launched, environment, launched
from tests.live import Live

HAS_PROC = Path("/proc/self").exists()


@pytest.fixture(scope="package")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Launched]:
    if not HAS_PROC:
        pytest.skip("needs Linux")
    folder = tmp_path_factory.mktemp("city")
    # All of the built-in city takes longer to load, and to recover after each blow.
    street = str(one_street(folder / "data"))
    given = {"rate_limits": "off", "log_level": "warning", "data_dir": street}
    with launched(environment(folder / "var", **given)) as city:
        await asyncio.to_thread(city.until, city.ready)
        yield city


@pytest.fixture
async def live(city: Launched) -> Live:
    ports = [city.environ[name] for name in ("YIKOU_PORT", "YIKOU_SANDBOX_PORT")]
    api, sandbox = (f"http://127.0.0.1:{port}" for port in ports)
    return Live(api=api, sandbox=sandbox, database_url=postgres.url(city.var_dir))


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=ClientTimeout(30)) as http:
        yield http
