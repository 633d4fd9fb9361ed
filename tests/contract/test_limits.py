"""Who asks too often is told so, by which limit, and when to come back."""

import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from backend.cases.reading.public import OF_PAIR
from backend.cases.reading.statements import HOUR_SECONDS
from backend.http.limits import Limit
from config.redis import redis
from config.settings import settings
from miniprogram_api import server
from tests.backend.identity.factories import a_session, a_staff_session
from tests.serving import Heard, Served, served

ADDRESS = "ip:127.0.0.1"
ASKED = {
    Limit.LOGIN: ("POST", "/api/v1/auth/wechat"),
    Limit.OPEN: ("GET", "/api/v1/items"),
    Limit.STRANGER: ("GET", "/api/v1/me"),
    Limit.READ: ("GET", f"/api/v1/files/{uuid4()}"),
    Limit.WRITE: ("PUT", "/api/v1/me"),
    Limit.UPLOAD: ("POST", "/api/v1/files"),
    Limit.WINDOW_UPLOAD: ("POST", "/api/v1/staff/files"),
    Limit.WECHAT: ("POST", "/wechat/push"),
    Limit.MANDATE_CODES: ("POST", "/api/v1/mandates/accept"),
    Limit.PERSONS: ("POST", "/api/v1/staff/persons/_find"),
    Limit.CHECK: ("GET", "/verify/K7QM9X2HT4RW8BEL"),
}
PERSONAL = {Limit.READ, Limit.WRITE, Limit.UPLOAD, Limit.MANDATE_CODES}
OF_STAFF = {Limit.PERSONS, Limit.WINDOW_UPLOAD}


@pytest.fixture
async def api(city: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("YIKOU_RATE_LIMITS", "on")
    settings.cache_clear()
    async with served(server.GROUPS) as api:
        yield api
    monkeypatch.undo()
    settings.cache_clear()


async def asked(api: Served, limit: Limit, *, used: int) -> Heard:
    """The answer to a request under this limit, of which so many are used."""
    granted = await (a_staff_session() if limit in OF_STAFF else a_session())
    logged_in, claims = limit in PERSONAL | OF_STAFF, granted.claims
    subject = f"{claims.audience}:{claims.subject}" if logged_in else ADDRESS
    window = int(time.time()) // limit.value.seconds
    for each in (window, window + 1):
        await redis().set(f"rate:{limit.value.name}:{subject}:{each}", used)
    method, path = ASKED[limit]
    token = granted.access_token if logged_in else "made-up"
    return await api.ask(method, path, {} if method != "GET" else None, token=token)


@pytest.mark.parametrize("limit", Limit, ids=lambda limit: limit.value.name)
async def test_a_limit_that_is_used_up_says_when_to_come_back(limit: Limit, api: Served) -> None:
    heard = await asked(api, limit, used=limit.value.requests)

    assert (heard.status, heard.code) == (429, "rate_limited")
    assert heard.headers["RateLimit-Limit"] == str(limit.value.requests)
    assert heard.headers["RateLimit-Remaining"] == "0"
    assert heard.headers["RateLimit-Reset"] == heard.headers["Retry-After"]
    assert 1 <= int(heard.headers["Retry-After"]) <= limit.value.seconds


@pytest.mark.parametrize("limit", Limit, ids=lambda limit: limit.value.name)
async def test_whatever_is_answered_tells_what_is_left(limit: Limit, api: Served) -> None:
    heard = await asked(api, limit, used=limit.value.requests - 3)

    assert heard.status != 429
    assert heard.headers["RateLimit-Limit"] == str(limit.value.requests)
    assert heard.headers["RateLimit-Remaining"] == "2"
    assert 1 <= int(heard.headers["RateLimit-Reset"]) <= limit.value.seconds


async def test_a_locked_query_tells_its_own_limit(api: Served) -> None:
    body = {"number": "210102202611250000017", "query_code": "048213"}
    *_, heard = [
        await api.ask("POST", "/api/v1/public/cases/_query", body) for _ in range(OF_PAIR + 1)
    ]

    assert (heard.status, heard.code) == (429, "query_locked")
    assert heard.headers["RateLimit-Limit"] == str(OF_PAIR)
    assert heard.headers["RateLimit-Remaining"] == "0"
    assert heard.headers["RateLimit-Reset"] == heard.headers["Retry-After"]
    assert 1 <= int(heard.headers["Retry-After"]) <= HOUR_SECONDS


async def test_bad_tokens_of_an_address_do_not_use_up_what_others_there_may(api: Served) -> None:
    refused = await asked(api, Limit.STRANGER, used=Limit.STRANGER.value.requests)
    method, path = ASKED[Limit.STRANGER]
    known = await api.ask(method, path, token=(await a_session()).access_token)

    assert (refused.status, known.status) == (429, 200)
