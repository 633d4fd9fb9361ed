import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tortoise import timezone

from backend.http import keyed
from backend.idempotency import keys, statements
from config import breaker
from config.breaker import PAUSE_SECONDS
from miniprogram_api.endpoints import me, session
from models import IdempotencyKey, RefreshToken, Resident, Session
from tests.serving import Heard, Served, served
from wechat.client import FAILURES

AUTH = "/api/v1/auth"


@pytest.fixture
async def api(database: None) -> AsyncIterator[Served]:
    async with served([session.routes, me.routes]) as api:
        yield api


async def log_in(api: Served, user: str = "wang", **headers: str) -> Heard:
    code = await api.phones.code(user)
    return await api.ask("POST", f"{AUTH}/wechat", {"code": code}, **headers)


async def test_a_login_opens_a_session(api: Served) -> None:
    heard = await log_in(api)

    assert heard.status == 201
    assert heard.headers["Cache-Control"] == "no-store"
    assert heard.body.keys() == {
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "refresh_expires_in",
        "resident",
    }
    assert heard.body["token_type"] == "Bearer"
    assert heard.body["expires_in"] == 900
    created_at = heard.body["resident"].pop("created_at")
    assert created_at.endswith("+08:00")
    assert heard.body["resident"] == {
        "id": str((await Resident.get()).id),
        "assurance": "wechat",
        "name_masked": None,
        "phone_masked": None,
        "id_number_masked": None,
        "community": None,
    }
    me = await api.ask("GET", "/api/v1/me", token=heard.body["access_token"])
    assert me.body == heard.body["resident"] | {"created_at": created_at}


async def test_a_code_logs_in_once(api: Served) -> None:
    code = await api.phones.code("wang")
    first = await api.ask("POST", f"{AUTH}/wechat", {"code": code})
    again = await api.ask("POST", f"{AUTH}/wechat", {"code": code})

    assert (first.status, again.status) == (201, 401)
    assert again.code == "wechat_code_invalid"


async def test_a_login_repeated_with_its_key_gets_its_first_answer(api: Served) -> None:
    code = await api.phones.code("wang")
    key = {"Idempotency-Key": "tap-1"}
    first = await api.ask("POST", f"{AUTH}/wechat", {"code": code}, **key)
    again = await api.ask("POST", f"{AUTH}/wechat", {"code": code}, **key)

    assert (again.status, again.body) == (201, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await log_in(api, **key)
    assert (other.status, other.code) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("blocked", 403, "wechat_user_blocked"), ("busy", 503, "wechat_unavailable")],
)
async def test_wechats_refusal_is_told(api: Served, fault: str, status: int, code: str) -> None:
    await api.phones.fault("/sns/jscode2session", fault)

    heard = await log_in(api)

    assert (heard.status, heard.code) == (status, code)
    assert ("Retry-After" in heard.headers) == (status == 503)


async def test_while_wechat_is_left_alone_a_login_is_refused_without_asking_it(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = 0.0
    monkeypatch.setattr(breaker, "monotonic", lambda: later)
    await api.phones.fault("/sns/jscode2session", "http_500", times=FAILURES)
    with capture_logs() as lines:
        for _ in range(FAILURES):
            assert (await log_in(api)).status == 503
        asked = await api.phones.asked("/sns/jscode2session")

        refused = [await log_in(api) for _ in range(8)]

    assert {(one.status, one.code) for one in refused} == {(503, "wechat_unavailable")}
    assert all(int(one.headers["Retry-After"]) > 0 for one in refused)
    assert await api.phones.asked("/sns/jscode2session") == asked
    later += PAUSE_SECONDS
    with capture_logs() as more:
        assert [(await log_in(api)).status for _ in range(2)] == [201, 201]
    told = [line["event"] for line in lines + more if line["event"] != "request"]
    assert told == ["breaker_opened", "breaker_closed"]


async def test_what_wechat_refuses_to_all_is_told_when_it_begins_and_when_it_is_over(
    api: Served,
) -> None:
    await api.phones.fault("/sns/jscode2session", "minute_quota", times=3)
    with capture_logs() as lines:
        heard = [(await log_in(api)).status for _ in range(5)]

    assert heard == [503, 503, 503, 201, 201]
    told = [line["event"] for line in lines if line["event"] != "request"]
    assert told == ["wechat_unavailable", "wechat_back"]


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_session(api: Served) -> None:
    first = (await log_in(api)).body
    second = await api.ask("POST", f"{AUTH}/refresh", {"refresh_token": first["refresh_token"]})
    assert second.status == 200
    assert second.body.keys() == first.keys()

    reused = await api.ask("POST", f"{AUTH}/refresh", {"refresh_token": first["refresh_token"]})
    newest = await api.ask(
        "POST", f"{AUTH}/refresh", {"refresh_token": second.body["refresh_token"]}
    )

    assert (reused.status, reused.code) == (401, "refresh_reused")
    assert (newest.status, newest.code) == (401, "refresh_reused")
    for token in (first["access_token"], second.body["access_token"]):
        heard = await api.ask("GET", "/api/v1/me", token=token)
        assert (heard.status, heard.code) == (401, "session_ended")


async def test_a_refresh_whose_answer_was_lost_is_repeated_with_its_key(api: Served) -> None:
    token = (await log_in(api)).body["refresh_token"]
    key = {"Idempotency-Key": "refresh-1"}

    first = await api.ask("POST", f"{AUTH}/refresh", {"refresh_token": token}, **key)
    again = await api.ask("POST", f"{AUTH}/refresh", {"refresh_token": token}, **key)

    assert again.body == first.body
    assert await RefreshToken.all().count() == 2


async def test_rivals_with_one_key_get_one_new_refresh_token_which_works(api: Served) -> None:
    token = (await log_in(api)).body["refresh_token"]
    ask = {"refresh_token": token}

    heard = await asyncio.gather(
        *(api.ask("POST", f"{AUTH}/refresh", ask, **{"Idempotency-Key": "r"}) for _ in range(8))
    )

    assert {one.status for one in heard} == {200}
    (new,) = {one.body["refresh_token"] for one in heard}
    assert (await api.ask("POST", f"{AUTH}/refresh", {"refresh_token": new})).status == 200


async def test_rivals_with_one_key_log_in_once(api: Served) -> None:
    body = {"code": await api.phones.code("wang")}

    heard = await asyncio.gather(
        *(api.ask("POST", f"{AUTH}/wechat", body, **{"Idempotency-Key": "l"}) for _ in range(8))
    )

    assert {one.status for one in heard} == {201}
    assert len({one.body["access_token"] for one in heard}) == 1
    assert len([one for one in heard if "Idempotent-Replayed" not in one.headers]) == 1
    assert await Session.all().count() == 1


async def test_a_login_that_failed_may_be_tried_again_with_its_key(api: Served) -> None:
    await api.phones.fault("/sns/jscode2session", "busy")
    body, key = {"code": await api.phones.code("wang")}, {"Idempotency-Key": "l"}

    failed = await api.ask("POST", f"{AUTH}/wechat", body, **key)
    again = await api.ask("POST", f"{AUTH}/wechat", body, **key)

    assert (failed.status, again.status) == (503, 201)


async def test_the_key_of_a_killed_process_is_free_after_a_while(api: Served) -> None:
    code = await api.phones.code("wang")
    raw = json.dumps({"code": code}).encode()
    once = keys.once("ip:127.0.0.1", "l", method="POST", path=f"{AUTH}/wechat", body=raw)
    assert await keys.hold(once)

    async def ask() -> Heard:
        return await api.ask("POST", f"{AUTH}/wechat", {"code": code}, **{"Idempotency-Key": "l"})

    with pytest.MonkeyPatch.context() as patience:
        patience.setattr(keyed, "PATIENCE_SECONDS", 0.1)
        meanwhile = await ask()
    assert (meanwhile.status, meanwhile.code) == (409, "idempotency_key_in_flight")
    assert meanwhile.headers["Retry-After"] == "1"

    await IdempotencyKey.all().update(
        created_at=timezone.now() - timedelta(seconds=statements.HELD_SECONDS + 1)
    )
    assert (await ask()).status == 201


async def test_a_key_is_not_answered_once_its_session_has_ended(api: Served) -> None:
    first = (await log_in(api)).body
    body, key = {"refresh_token": first["refresh_token"]}, {"Idempotency-Key": "r"}
    second = (await api.ask("POST", f"{AUTH}/refresh", body, **key)).body
    await api.ask("POST", f"{AUTH}/logout", {}, token=second["access_token"])

    again = await api.ask("POST", f"{AUTH}/refresh", body, **key)

    assert (again.status, again.code) == (401, "session_ended")


async def test_logout_ends_this_session_and_everywhere_the_others_too(api: Served) -> None:
    here, there, elsewhere = [(await log_in(api)).body["access_token"] for _ in range(3)]

    assert (await api.ask("POST", f"{AUTH}/logout", {}, token=here)).status == 204
    assert (await api.ask("GET", "/api/v1/me", token=here)).status == 401
    assert (await api.ask("GET", "/api/v1/me", token=there)).status == 200

    everywhere = {"everywhere": True}
    out = await api.ask("POST", f"{AUTH}/logout", everywhere, token=there)
    assert (out.status, out.body) == (204, None)
    assert (await api.ask("GET", "/api/v1/me", token=elsewhere)).status == 401


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eA=="}])
async def test_who_does_not_say_who_they_are_is_refused(
    api: Served, headers: dict[str, str]
) -> None:
    for method, path in (("GET", "/api/v1/me"), ("POST", f"{AUTH}/logout")):
        heard = await api.ask(method, path, **headers)
        assert (heard.status, heard.code) == (401, "token_missing")
        assert heard.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": ""},
        {"code": None},
        {"code": 1},
        {"code": "x" * 257},
        {"code": "a\0b"},
        {"code": "x", "more": 1},
        [],
    ],
)
async def test_a_login_without_a_usable_code_is_refused(api: Served, body: object) -> None:
    heard = await api.ask("POST", f"{AUTH}/wechat", body)

    assert (heard.status, heard.code) == (422, "body_invalid")
