"""Fixtures of all tests."""

import asyncio
import contextlib
import gc
import os
import sys
from collections.abc import AsyncIterator, Generator, Iterator

import pytest
import uvloop
from aiohttp import ClientSession, ClientTimeout
from hypothesis import settings
from xdist.plugin import pytest_xdist_auto_num_workers as cores
from xdist.remote import Producer

from backend.files import cleaning
from backend.papers import drawing
from backend.window import sheets
from config.metrics import VARIABLE
from config.redis import redis
from tests import forked, serving, stage
from tests.answers import CheckedResponse
from tests.contract import rows
from tests.live import Live, running
from tests.remembering import remembered
from tests.sharing import ByPlace, in_order
from tests.stage import Databases, Kind

stage.set_environment()
if sys.version_info < (3, 14):
    # The loop on which the product serves; later there is no such way to give it to all tests.
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
# No example is timed, and whoever runs them again sees the same ones.
settings.register_profile("tests", deadline=None, derandomize=True, database=None)
settings.load_profile("tests")
SERVERS = contextlib.ExitStack()
PATIENT_SECONDS = 120.0


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers in the process that the test processes descend from."""
    if not hasattr(session.config, "workerinput") and not session.config.option.collectonly:
        SERVERS.enter_context(stage.servers())
        if session.config.option.dist != "no":
            # Each test process counts for itself: with one folder they would sum each other's.
            os.environ.pop(VARIABLE, None)
            if session.config.args_source is pytest.Config.ArgsSource.TESTPATHS:
                # A few tests may need none.
                forked.share()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop them after the last test process."""
    SERVERS.close()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among modules and tests, which all live to the end, and seldom later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    in_order(items)


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Helpers give way to whoever else works: on a busy machine they may take their time."""
    with pytest.MonkeyPatch.context() as patched:
        for module, bound in (
            (cleaning, "CLEAN_SECONDS"),
            (drawing, "DRAW_SECONDS"),
            (sheets, "READ_SECONDS"),
        ):
            patched.setattr(module, bound, PATIENT_SECONDS)
        yield


@pytest.fixture(scope="session", autouse=True)
def data_files() -> Iterator[None]:
    """No data file is parsed twice."""
    with remembered():
        yield


@pytest.fixture(scope="session", autouse=True)
async def apps() -> AsyncIterator[None]:
    """What is served in the test's own process is served to the end."""
    yield
    await serving.stop()


@pytest.fixture(scope="session")
async def databases() -> AsyncIterator[Databases]:
    yield stage.DATABASES
    await stage.DATABASES.close()
    await redis().aclose()


@pytest.fixture
async def database(databases: Databases) -> None:
    """The migrated database with no row in it, and an empty Redis."""
    await databases.use(Kind.EMPTY)
    await redis().flushdb()


@pytest.fixture
async def city(databases: Databases) -> None:
    """The database with organisation and catalogue and nothing else, and an empty Redis."""
    await databases.use(Kind.CITY)
    await redis().flushdb()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process more than there are cores: some tests wait, and a core would with them."""
    return int(cores(config)) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByPlace:
    """Share the tests out so that the running system is started once."""
    return ByPlace(config, log)


@pytest.fixture(scope="session")
async def live() -> AsyncIterator[Live]:
    """The running system with the demo's staff, offices and slots; nothing is undone in it."""
    with running(await stage.clone(Kind.DEMO)) as live:
        yield live
        await rows.close()


@pytest.fixture(scope="session")
async def http(live: Live) -> AsyncIterator[ClientSession]:
    """A session on which every answer is compared with the server's own description."""
    async with ClientSession(response_class=CheckedResponse, timeout=ClientTimeout(30)) as http:
        yield http
