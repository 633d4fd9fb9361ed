"""A request that is sent again has one effect and one answer."""

import asyncio
from dataclasses import replace

import pytest
from aiohttp import ClientSession

from tests.contract.asking import Ask
from tests.contract.rows import state
from tests.contract.scene import CASES, ITEM, STAFF_CASES, keyed
from tests.live import Live
from tests.people import person


async def test_a_key_answers_once(live: Live, http: ClientSession) -> None:
    resident = person(live, http)
    await resident.register()
    ask = keyed(Ask(path=CASES, body=await resident.application(ITEM), token=resident.token))
    first, again = await ask.of(http, live), await ask.of(http, live)
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    before = await state(live)
    other = await replace(ask, body=ask.body | {"community_code": "210102001001"}).of(http, live)
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert await state(live) == before
    # Another person's equal key is another key.
    neighbour = person(live, http)
    await neighbour.register()
    theirs = await neighbour.application(ITEM)
    heard = await replace(ask, body=theirs, token=neighbour.token).of(http, live)
    assert heard.status == 201
    assert heard.body["id"] != first.body["id"]


async def test_a_key_decided_on_another_version_is_refused(live: Live, http: ClientSession) -> None:
    resident, clerk = person(live, http), person(live, http, "clerk")
    await resident.register()
    await clerk.log_in(staff=True)
    case = await resident.apply(ITEM)
    version = case["version"]
    ask = keyed(Ask(path=f"{STAFF_CASES}/{case['id']}/accept", token=clerk.token))

    def seen(etag: str) -> Ask:
        return replace(ask, headers=ask.headers | {"If-Match": etag})

    first = await seen(f'"{version}"').of(http, live)
    other = await seen(f'"{version + 1}"').of(http, live)
    # The light is no part of what a version says.
    again = await seen(f'"{version}-yellow"').of(http, live)

    assert first.status == 200
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert (again.status, again.body) == (200, first.body)


@pytest.mark.parametrize("what", ["case", "appointment"])
async def test_one_of_many_equal_requests_has_effect(
    what: str, live: Live, http: ClientSession
) -> None:
    resident = person(live, http)
    await resident.register()
    if what == "case":
        ask = Ask(path=CASES, body=await resident.application(ITEM), token=resident.token)
    else:
        slot = {"slot_id": (await resident.slots())[0]["id"]}
        ask = Ask(path="/api/v1/appointments", body=slot, token=resident.token)
    ask = keyed(ask)
    heard = await asyncio.gather(*[ask.of(http, live) for _ in range(8)])
    assert {answer.status for answer in heard} == {201}
    assert len({answer.body["id"] for answer in heard}) == 1
    assert len([a for a in heard if "Idempotent-Replayed" not in a.headers]) == 1
    listed = await resident.get(f"{ask.path}?limit=100")
    assert len(listed["items"]) == 1


async def test_many_equal_requests_at_once_get_the_one_answer_now_and_later(
    live: Live, http: ClientSession
) -> None:
    resident, clerk = person(live, http), person(live, http, "clerk")
    await resident.register()
    await clerk.log_in(staff=True)
    case = await resident.apply(ITEM)
    path, seen = f"{STAFF_CASES}/{case['id']}/accept", {"If-Match": f'"{case["version"]}"'}
    ask = keyed(Ask(path=path, token=clerk.token, headers=seen))

    at_first = await asyncio.gather(*[ask.of(http, live) for _ in range(8)])
    again = await asyncio.gather(*[ask.of(http, live) for _ in range(8)])

    heard = at_first + again
    assert [answer.status for answer in heard] == [200] * 16
    assert all(answer.body == heard[0].body for answer in heard)
    assert len([a for a in at_first if "Idempotent-Replayed" not in a.headers]) == 1
    assert all("Idempotent-Replayed" in answer.headers for answer in again)


@pytest.mark.parametrize("what", ["login", "refresh", "phone", "staff login"])
async def test_rivals_at_all_processes_get_one_answer(
    what: str, live: Live, http: ClientSession
) -> None:
    somebody = person(live, http, "clerk" if what == "staff login" else "")
    if what in {"refresh", "phone"}:
        session = await somebody.log_in()
    if what == "refresh":
        ask = Ask(path="/api/v1/auth/refresh", body={"refresh_token": session["refresh_token"]})
    elif what == "phone":
        code = await somebody.code("phone")
        ask = Ask(path="/api/v1/me/phone", body={"code": code}, token=somebody.token)
    else:
        staff = "/staff" if what == "staff login" else ""
        ask = Ask(path=f"/api/v1{staff}/auth/wechat", body={"code": await somebody.code("login")})
    ask = keyed(ask)
    heard = await asyncio.gather(*[ask.of(http, live) for _ in range(16)])
    assert {answer.status for answer in heard} <= {200, 201}, heard
    assert all(answer.body == heard[0].body for answer in heard)
    assert len([a for a in heard if "Idempotent-Replayed" not in a.headers]) == 1
