"""Where somebody is logged in, and ending that: residents and staff have the same."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend.audit import Origin, come_from
from backend.identity import devices, sessions, staff
from backend.identity.sessions import Granted
from backend.staff_api import session as staff_session
from backend.staff_api import sessions as staff_sessions
from config import clock
from miniprogram_api.endpoints import me
from miniprogram_api.endpoints import sessions as own_sessions
from models import AccessRecord, Audience, Device, Role, Session
from tests.backend.identity.factories import a_community, a_resident
from tests.serving import Served, served

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) MicroMessenger/8.0.66"
HOME = {Audience.RESIDENT: "/api/v1/me", Audience.STAFF: "/api/v1/staff/me"}
AUDIENCES = list(Audience)


@pytest.fixture
async def api(database: None) -> AsyncIterator[Served]:
    groups = [staff_session.routes, staff_sessions.routes, me.routes, own_sessions.routes]
    async with served(groups) as api:
        yield api


async def somebody(audience: Audience, number: int = 1) -> UUID:
    if audience is Audience.RESIDENT:
        return (await a_resident()).id
    unit = await a_community(f"21010200100{number}")
    return await staff.create("李四", posts=[(unit.code, Role.CLERK)], now=clock.now())


async def log_in(audience: Audience, who: UUID, address: str = "119.112.4.5") -> Granted:
    come_from(Origin("test", address, IPHONE))
    return await sessions.start(audience, who, now=clock.now())


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_my_logins_are_shown_with_device_and_network_and_nobody_elses(
    api: Served, audience: Audience
) -> None:
    who, other = await somebody(audience), await somebody(audience, 2)
    here, there = await log_in(audience, who), await log_in(audience, who, "2408:8210:3c00::1")
    over = await log_in(audience, who)
    await Session.filter(id=over.claims.session).update(expires_at=clock.now())
    await log_in(audience, other)

    path = f"{HOME[audience]}/sessions"
    shown = (await api.ask("GET", path, token=here.access_token)).body
    first = (await api.ask("GET", f"{path}?limit=1", token=here.access_token)).body
    more = f"{path}?limit=1&cursor={first['next_cursor']}"
    second = (await api.ask("GET", more, token=here.access_token)).body

    assert [(line["id"], line["this"], line["network"]) for line in shown["items"]] == [
        (str(there.claims.session), False, "2408:8210:*"),
        (str(here.claims.session), True, "119.112.*.*"),
    ]
    assert {line["device"] for line in shown["items"]} == {"iphone"}
    assert first["items"] + second["items"] == shown["items"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_an_ended_login_is_refused_at_once_and_anothers_is_not_found(
    api: Served, audience: Audience
) -> None:
    who, other = await somebody(audience), await somebody(audience, 2)
    here, there, third = [await log_in(audience, who) for _ in range(3)]
    foreign = await log_in(audience, other)
    home, token = HOME[audience], here.access_token

    ended = await api.ask("POST", f"{home}/sessions/{there.claims.session}/end", {}, token=token)
    assert ended.status == 204
    assert (await api.ask("GET", home, token=there.access_token)).code == "session_ended"
    for session in (there.claims.session, foreign.claims.session, uuid4()):
        heard = await api.ask("POST", f"{home}/sessions/{session}/end", {}, token=token)
        assert (heard.status, heard.code) == (404, "session_not_found")
    rest = await api.ask("POST", f"{home}/sessions/_end_others", {}, token=token)
    assert rest.status == 204
    assert (await api.ask("GET", home, token=third.access_token)).code == "session_ended"
    for granted in (here, foreign):
        assert (await api.ask("GET", home, token=granted.access_token)).status == 200
    gone = await Session.get(id=there.claims.session)
    assert [gone.device, gone.network] == [None, None]
    acts = await AccessRecord.filter(action="end_session").order_by("seq").values()
    assert [row["object_id"] for row in acts] == [str(there.claims.session), None]
    assert {row["actor_id"] for row in acts} == {who}


async def test_a_login_carried_on_tells_when(api: Served) -> None:
    who = await somebody(Audience.RESIDENT)
    granted = await log_in(Audience.RESIDENT, who)
    later = clock.now() + timedelta(hours=1)

    async def render(_granted: Granted) -> bytes:
        return b""

    await sessions.refresh(
        granted.refresh_token, audience=Audience.RESIDENT, now=later, render=render
    )

    [shown] = await sessions.alive((Audience.RESIDENT, who), before=None, limit=2, now=later)
    assert (shown.used_at, shown.begun_at < later) == (later, True)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (IPHONE, Device.IPHONE),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Macintosh", Device.IPAD),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb Android", Device.HARMONY),
        ("Mozilla/5.0 (Linux; Android 16; V2408A) MicroMessenger", Device.ANDROID),
        ("Mozilla/5.0 (Windows NT 10.0) MiniProgramEnv/Windows", Device.WINDOWS),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) wechatdevtools", Device.MAC),
        ("curl/8.5", Device.OTHER),
    ],
)
def test_a_device_is_what_the_client_calls_itself(agent: str, device: Device) -> None:
    assert devices.device(agent) is device


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("119.112.4.5", "119.112.*.*"),
        ("::ffff:119.112.4.5", "119.112.*.*"),
        ("2408:8210::1", "2408:8210:*"),
        ("::1", "0:0:*"),
        ("no address", None),
    ],
)
def test_of_an_address_only_the_network_is_kept(address: str, network: str | None) -> None:
    assert devices.network(address) == network
