from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from backend.identity import sessions, staff
from backend.staff_api import session
from config import clock
from miniprogram_api.endpoints import me
from models import Audience, Role, Staff, StaffInvite
from tests.backend.identity.factories import a_community, a_resident
from tests.serving import Heard, Served, served

STAFF = "/api/v1/staff"


@pytest.fixture
async def api(database: None) -> AsyncIterator[Served]:
    async with served([session.routes, me.routes]) as api:
        yield api


@pytest.fixture
async def clerk(database: None) -> UUID:
    home = await a_community()
    return await staff.create("李四", posts=[(home.code, Role.CLERK)], now=clock.now())


async def tap(api: Served, door: str, user: str = "li", **more: str) -> Heard:
    body = {"code": await api.phones.code(user), **more}
    return await api.ask("POST", f"{STAFF}/auth/{door}", body)


async def test_an_invite_opens_a_session_and_the_next_login_needs_none(
    api: Served, clerk: UUID
) -> None:
    unbound = await tap(api, "wechat")
    assert (unbound.status, unbound.code) == (403, "staff_not_bound")

    bound = await tap(api, "bind", invite=await staff.invite(clerk, now=clock.now()))
    later = await tap(api, "wechat")

    assert (bound.status, later.status) == (201, 201)
    assert bound.body["refresh_expires_in"] <= 30 * 60
    assert bound.body["staff"] == later.body["staff"]
    shown = await api.ask("GET", f"{STAFF}/me", token=later.body["access_token"])
    assert shown.body == bound.body["staff"]
    assert shown.body == {
        "id": str(clerk),
        "name": "李四",
        "posts": [
            {
                "unit": {"code": "210102001001", "name": "测试社区", "level": "community"},
                "role": "clerk",
            }
        ],
        "second_factor": "none",
    }


async def test_an_invite_works_once_and_expires(api: Served, clerk: UUID) -> None:
    invite = await staff.invite(clerk, now=clock.now())
    assert (await tap(api, "bind", invite=invite)).status == 201
    again = await tap(api, "bind", "zhao", invite=invite)
    assert (again.status, again.code) == (403, "invite_invalid")

    expired = await staff.invite(clerk, now=clock.now())
    await StaffInvite.filter(used_at=None).update(expires_at=(await Staff.get()).created_at)
    late = await tap(api, "bind", "zhao", invite=expired)
    assert (late.status, late.code) == (403, "invite_invalid")


async def test_an_account_bound_to_one_is_not_bound_to_another(api: Served, clerk: UUID) -> None:
    other = await staff.create("赵六", posts=[], now=clock.now())
    await tap(api, "bind", invite=await staff.invite(clerk, now=clock.now()))

    heard = await tap(api, "bind", invite=await staff.invite(other, now=clock.now()))

    assert (heard.status, heard.code) == (409, "staff_already_bound")


async def test_residents_and_staff_stay_apart(api: Served, clerk: UUID) -> None:
    of_staff = await sessions.start(Audience.STAFF, clerk, now=clock.now())
    of_resident = await sessions.start(Audience.RESIDENT, (await a_resident()).id, now=clock.now())

    for path, token in (
        (f"{STAFF}/me", of_resident.access_token),
        ("/api/v1/me", of_staff.access_token),
    ):
        heard = await api.ask("GET", path, token=token)
        assert (heard.status, heard.code) == (401, "token_invalid")
    crossed = {"refresh_token": of_resident.refresh_token}
    heard = await api.ask("POST", f"{STAFF}/auth/refresh", crossed)
    assert (heard.status, heard.code) == (401, "refresh_invalid")


async def test_a_session_is_carried_on_and_ended(api: Served, clerk: UUID) -> None:
    first = await sessions.start(Audience.STAFF, clerk, now=clock.now())
    body = {"refresh_token": first.refresh_token}

    second = await api.ask("POST", f"{STAFF}/auth/refresh", body)
    assert (second.status, second.body["staff"]["name"]) == (200, "李四")

    token = second.body["access_token"]
    assert (await api.ask("POST", f"{STAFF}/auth/logout", {}, token=token)).status == 204
    assert (await api.ask("GET", f"{STAFF}/me", token=token)).status == 401
    ended = await api.ask(
        "POST", f"{STAFF}/auth/refresh", {"refresh_token": second.body["refresh_token"]}
    )
    assert (ended.status, ended.code) == (401, "session_ended")


async def test_logout_everywhere_ends_all_sessions(api: Served, clerk: UUID) -> None:
    here, there = [
        (await sessions.start(Audience.STAFF, clerk, now=clock.now())).access_token
        for _ in range(2)
    ]

    await api.ask("POST", f"{STAFF}/auth/logout", {"everywhere": True}, token=here)

    assert (await api.ask("GET", f"{STAFF}/me", token=there)).status == 401


async def test_who_has_left_is_refused_at_once(api: Served, clerk: UUID) -> None:
    granted = await sessions.start(Audience.STAFF, clerk, now=clock.now())
    await Staff.filter(id=clerk).update(active=False)

    heard = await api.ask("GET", f"{STAFF}/me", token=granted.access_token)
    assert heard.status == 401
    body = {"refresh_token": granted.refresh_token}
    assert (await api.ask("POST", f"{STAFF}/auth/refresh", body)).status == 401
