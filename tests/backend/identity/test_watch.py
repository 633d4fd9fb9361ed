"""What other processes change is heard here; they are played by statements of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from backend.errors import Unauthenticated
from backend.identity import revocations, tokens, watch
from config import clock
from config.database import connection
from config.outages import DATABASE
from models import Audience
from tests.backend.identity.factories import a_session

END = "UPDATE session SET revoked_at = clock_timestamp(), revoke_reason = 'elsewhere' WHERE id = $1"
NEVER = 3600.0
SOON = 0.01

pytestmark = pytest.mark.usefixtures("city", "unheard")


@pytest.fixture
async def unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocations, "_known", revocations._Known())  # noqa: SLF001


@pytest.fixture
async def poll(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_POLL_SECONDS", request.param)


@pytest.fixture
async def before(city: None) -> set[int]:
    return await backends()


@pytest.fixture
async def following(city: None, poll: None, unheard: None) -> AsyncIterator[None]:
    task = asyncio.get_running_loop().create_task(watch.follow())
    await until(lambda: revocations.silent_seconds() < revocations.KEPT_SECONDS)
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - nothing here tells when it was heard
            await asyncio.sleep(SOON)


async def elsewhere(*statements: tuple[str, object]) -> None:
    for sql, value in statements:
        await connection().execute_query_dict(sql, [value])


async def backends() -> set[int]:
    rows = await connection().execute_query_dict(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    )
    return {row["pid"] for row in rows}


def is_ended(token: str) -> bool:
    try:
        tokens.verify(token, Audience.RESIDENT, now=clock.now())
    except Unauthenticated:
        return True
    return False


async def test_what_ended_before_the_start_is_known_at_the_start() -> None:
    ended, other = await a_session(), await a_session()
    await elsewhere((END, ended.claims.session))
    assert not is_ended(ended.access_token)

    await watch.catch_up()

    assert is_ended(ended.access_token)
    assert not is_ended(other.access_token)


@pytest.mark.parametrize("poll", [NEVER], indirect=True)
async def test_an_end_elsewhere_is_heard_by_its_notification(following: None) -> None:
    ended, other = await a_session(), await a_session()

    await elsewhere(("SELECT pg_notify('session_ended', $1)", str(ended.claims.session)))

    await until(lambda: is_ended(ended.access_token))
    assert not is_ended(other.access_token)


@pytest.mark.parametrize("poll", [SOON], indirect=True)
async def test_an_end_elsewhere_is_heard_without_notifications_too(following: None) -> None:
    ended, other = await a_session(), await a_session()

    await elsewhere((END, ended.claims.session))

    await until(lambda: is_ended(ended.access_token))
    assert not is_ended(other.access_token)


@pytest.mark.parametrize("poll", [SOON], indirect=True)
async def test_a_lost_connection_is_opened_again_and_nothing_is_missed(
    before: set[int], following: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DATABASE, "_failed", {})
    ended = await a_session()
    with capture_logs() as logs:
        for listening in await backends() - before:
            await elsewhere(("SELECT pg_terminate_backend($1)", listening))
        await until(lambda: bool(logs))
        await elsewhere((END, ended.claims.session))
        await until(lambda: is_ended(ended.access_token))
    assert [line["event"] for line in logs] == ["database_unavailable", "database_back"]
