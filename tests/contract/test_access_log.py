"""What is read, opened, searched and refused is in the access log."""

import pytest
from aiohttp import ClientSession

from backend.http.guard import Guard
from backend.http.spec import Spec
from sandbox.seed import COMMUNITY, DISTRICT
from tests.contract.asking import Ask
from tests.contract.declared import named, specs
from tests.contract.home import Home, tried
from tests.contract.rows import records
from tests.live import Live
from tests.people import on_duty, person

# Their own tests look at what they record: one would end the logins that other tests go on with,
# the next need an app that makes codes; a batch and a mandate are of people who stand there.
APART = {
    *("file_batch", "make_mandate"),
    *("end_other_staff_sessions", "confirm_second_factor"),
    *("renew_recovery_codes", "give_second_factor"),
    # The code is one that WeCom gave.
    "bind_wecom",
}
# All else a clerk may.
BY = {"revoke_case_paper": "supervisor"}
UNITS = {"clerk": COMMUNITY, "supervisor": DISTRICT}
RECORDING = [
    spec
    for spec in specs()
    if spec.guard is Guard.STAFF and spec.records and spec.name not in APART
]


@pytest.mark.parametrize("spec", RECORDING, ids=named)
async def test_what_staff_open_is_in_the_access_log(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    role = BY.get(spec.name, "clerk")
    heard = await tried(spec, await on_duty(live, http, role), home, http=http, live=live)
    assert heard.status < 300, heard
    mine = await records(live, heard.headers["X-Request-ID"])
    assert [row["action"] for row in mine] in [[act] for act in spec.records]
    assert (mine[0]["actor"], mine[0]["posts"]) == ("staff", f'["{UNITS[role]}:{role}"]')
    assert mine[0]["address_hash"]
    if "<" in spec.path:
        assert mine[0]["object_id"] in set(home.ids.values())
        # A day of an office has many.
        about = mine[0]["resident_id"] or mine[0]["object_kind"] in {"session", "office"}
        assert about


async def test_opening_a_file_is_recorded_with_who_was_given_the_link(
    live: Live, http: ClientSession, home: Home
) -> None:
    about = f"/api/v1/staff/cases/{home.ids['case_id']}/files/{home.ids['file_id']}"
    for who, path in ((home.clerk, about), (home.owner, f"/api/v1/files/{home.ids['file_id']}")):
        url = (await who.get(path))["url"]
        async with http.get(url) as opened:
            assert opened.status == 200
            request = opened.headers["X-Request-ID"]
        [row] = await records(live, request)
        assert row["action"] == "open_file"
        assert row["actor"] == ("staff" if who is home.clerk else "resident")
        assert row["object_id"] == home.ids["file_id"]


async def test_searching_by_a_persons_number_leaves_its_hash_only(
    live: Live, http: ClientSession, home: Home
) -> None:
    number = "11010519491231002X"
    ask = Ask(method="GET", path=f"/api/v1/staff/cases?q={number}", token=home.clerk.token)
    heard = await ask.of(http, live)
    assert heard.status == 200
    request = heard.headers["X-Request-ID"]
    [row] = await records(live, request)
    assert row["action"] == "search_cases"
    assert "person_hash" in row["details"]
    assert number not in str(dict(row))


@pytest.mark.parametrize("door", ["wechat", "bind"])
async def test_a_refused_login_is_recorded(live: Live, http: ClientSession, door: str) -> None:
    somebody = person(live, http)
    body = {"code": await somebody.code("login")}
    if door == "bind":
        body["invite"] = "0000-0000-0000"
    heard = await Ask(path=f"/api/v1/staff/auth/{door}", body=body).of(http, live)
    assert heard.status == 403
    request = heard.headers["X-Request-ID"]
    [row] = await records(live, request)
    assert row["action"] in {"log_in_refused", "bind_refused"}
    assert (row["actor"], heard.code in row["details"]) == ("unknown", True)
