"""Every route asks who you are, and shows nobody what is another's; by construction."""

import re
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from backend.http.guard import Guard
from backend.http.routes import Spec
from miniprogram_api import server
from sandbox.demo import photo
from sandbox.seed import COMMUNITY
from tests import answers
from tests.contract.asking import Ask, Heard
from tests.contract.rows import records, state
from tests.filler import fill
from tests.live import Live
from tests.people import Person, person

ITEM = "SP-MZ-001"
PARAMETER = re.compile(r"<(\w+)(?::\w+)?>")
# Whoever adds a route here says that anybody at all may call it.
OPEN = {
    "POST /api/v1/auth/wechat",
    "POST /api/v1/auth/refresh",
    "GET /api/v1/items",
    "GET /api/v1/items/<code:str>",
    "GET /api/v1/offices",
    "GET /api/v1/offices/<office_id:uuid>/slots",
    "POST /api/v1/staff/auth/wechat",
    "POST /api/v1/staff/auth/bind",
    "POST /api/v1/staff/auth/refresh",
    "GET /api/v1/files/content/<token:str>",
    "GET /wechat/push",
    "POST /wechat/push",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /openapi.json",
    "GET /docs",
    "GET /docs/problems",
    "GET /docs/style.css",
    "GET /api/v1/categories",
    "GET /api/v1/communities",
    "GET /api/v1/departments",
    "GET /api/v1/offices/<office_id:uuid>/days",
    "GET /api/v1/regions",
    "POST /api/v1/public/cases/_query",
    "GET /docs/script/<name:str>",
}


def specs() -> list[Spec]:
    """All that the app declares."""
    return [spec for group in server.GROUPS for spec in group.specs]


def named(spec: Spec) -> str:
    """The route as people write it."""
    return f"{spec.method} {spec.path}"


def guarded() -> list[Spec]:
    """Every route but those of the list above."""
    return [spec for spec in specs() if named(spec) not in OPEN]


def path_of(spec: Spec, ids: dict[str, str] | None = None) -> str:
    """The path with these ids, or with ids of nothing."""
    return PARAMETER.sub(lambda found: (ids or {}).get(found[1]) or str(uuid4()), spec.path)


def test_what_sanic_serves_is_what_is_declared() -> None:
    app = server.create_app("routes")
    served = {f"{method} /{route.path}" for route in app.router.routes for method in route.methods}
    assert served == {named(spec) for spec in specs()}


def test_the_list_of_open_routes_is_exact() -> None:
    guards = {named(spec): spec.guard for spec in specs()}
    assert {name for name, guard in guards.items() if guard in {Guard.OPEN, Guard.WECHAT}} == OPEN


@pytest.mark.parametrize("spec", guarded(), ids=named)
async def test_without_a_valid_token_it_is_401(spec: Spec, live: Live, http: ClientSession) -> None:
    ask = Ask(method=spec.method, path=path_of(spec))
    heard = await ask.of(http, live)
    assert (heard.status, heard.code) == (401, "token_missing")
    assert heard.headers["WWW-Authenticate"] == "Bearer"
    for forged in ("nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."):
        heard = await Ask(method=spec.method, path=ask.path, token=forged).of(http, live)
        assert heard.status == 401, forged


@pytest.mark.parametrize("spec", guarded(), ids=named)
async def test_a_token_of_the_other_side_is_refused(
    spec: Spec, live: Live, http: ClientSession, home: "Home"
) -> None:
    other = home.clerk if spec.guard is Guard.RESIDENT else home.owner
    path = path_of(spec, home.ids)
    heard = await Ask(method=spec.method, path=path, token=other.token).of(http, live)
    assert heard.status in {401, 403}


@pytest.mark.parametrize("spec", specs(), ids=named)
def test_every_route_says_what_it_records_or_why_nothing(spec: Spec) -> None:
    assert bool(spec.records) != bool(spec.unrecorded)


@dataclass
class Home:
    """A resident with one of everything, her community's clerk, and people who must see none."""

    owner: Person
    clerk: Person
    stranger: Person
    foreigners: list[Person]
    ids: dict[str, str]
    marks: list[str]


@pytest.fixture(scope="module")
async def home(live: Live, http: ClientSession, foreign_staff: list[str]) -> Home:
    owner, stranger = person(live, http), person(live, http)
    await owner.register()
    await stranger.register()
    file_id = await owner.upload("paper.jpg", photo("white"), "image/jpeg")
    case = await owner.post("/api/v1/cases", await owner.application(ITEM, file_id=file_id))
    slot = (await owner.slots())[0]
    appointment = await owner.post("/api/v1/appointments", {"slot_id": slot["id"]})
    message = (await owner.get("/api/v1/messages"))["items"][0]
    clerk = person(live, http, "clerk")
    await clerk.log_in(staff=True)
    listed = await clerk.get("/api/v1/staff/tasks?limit=100")
    task = next(task for task in listed["items"] if task["case"]["id"] == case["id"])
    foreigners = [person(live, http, name) for name in foreign_staff]
    for foreigner in foreigners:
        await foreigner.log_in(staff=True)
    return Home(
        owner=owner,
        clerk=clerk,
        stranger=stranger,
        foreigners=foreigners,
        ids={
            "case_id": case["id"],
            "file_id": file_id,
            "appointment_id": appointment["id"],
            "message_id": message["id"],
            "task_id": task["id"],
        },
        marks=[case["id"], case["number"], file_id, appointment["id"], task["id"]],
    )


def with_ids(guard: Guard) -> list[Spec]:
    """The guarded routes that name somebody's resource."""
    return [spec for spec in guarded() if spec.guard is guard and PARAMETER.search(spec.path)]


def without_ids(guard: Guard) -> list[Spec]:
    """The guarded routes that only look, at whatever the asker may see."""
    return [
        spec
        for spec in guarded()
        if spec.guard is guard and spec.method == "GET" and not PARAMETER.search(spec.path)
    ]


async def tried(spec: Spec, who: Person, home: Home, *, http: ClientSession, live: Live) -> Heard:
    """A well-formed call of the route for the resources of home."""
    missing = set(PARAMETER.findall(spec.path)) - home.ids.keys()
    assert not missing, f"say in `home` what {missing} is"
    path = path_of(spec, home.ids)
    return await Ask(
        method=spec.method,
        path=path,
        body=body_of(live, spec.method, path),
        token=who.token,
        headers={"If-Match": '"1"', "Idempotency-Key": secrets.token_hex(8)},
    ).of(http, live)


def body_of(live: Live, method: str, path: str) -> Any:
    """A body that the route's own description takes."""
    document = answers.described(live.api)
    operation = answers.operation_of(document, method, path) or {}
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return fill(content["schema"], document) if content else None


@pytest.mark.parametrize("spec", with_ids(Guard.RESIDENT), ids=named)
async def test_what_belongs_to_another_resident_is_404(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    before = await state(live)
    heard = await tried(spec, home.stranger, home, http=http, live=live)
    assert heard.status == 404
    assert heard.code.endswith("_not_found")
    assert await state(live) == before
    never = {name: str(uuid4()) for name in home.ids}
    nothing = Ask(
        method=spec.method,
        path=path_of(spec, never),
        body=body_of(live, spec.method, path_of(spec)),
        token=home.stranger.token,
    )
    assert (await nothing.of(http, live)).code == heard.code


@pytest.mark.parametrize("spec", with_ids(Guard.STAFF), ids=named)
async def test_staff_of_another_unit_cannot_touch_it(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    before = await state(live)
    for foreigner in home.foreigners:
        heard = await tried(spec, foreigner, home, http=http, live=live)
        assert heard.status == 404, (foreigner.user, heard)
        assert heard.code.endswith("_not_found")
    assert await state(live) == before


@pytest.mark.parametrize(
    "spec", [spec for spec in specs() if spec.guard is Guard.STAFF and spec.records], ids=named
)
async def test_what_staff_open_is_in_the_access_log(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    clerk = person(live, http, "clerk")
    await clerk.log_in(staff=True)
    before = await records(live)
    heard = await tried(spec, clerk, home, http=http, live=live)
    assert heard.status < 300, heard
    written = [row for row in await records(live) if row["seq"] > len(before)]
    mine = [row for row in written if row["request_id"] == heard.headers["X-Request-ID"]]
    assert [row["action"] for row in mine] in [[act] for act in spec.records]
    assert (mine[0]["actor"], mine[0]["posts"]) == ("staff", f'["{COMMUNITY}:clerk"]')
    assert mine[0]["address_hash"]
    if "<" in spec.path:
        assert mine[0]["object_id"] in set(home.ids.values())
        assert mine[0]["resident_id"]


async def test_opening_a_file_is_recorded_with_who_was_given_the_link(
    live: Live, http: ClientSession, home: Home
) -> None:
    about = f"/api/v1/staff/cases/{home.ids['case_id']}/files/{home.ids['file_id']}"
    for who, path in ((home.clerk, about), (home.owner, f"/api/v1/files/{home.ids['file_id']}")):
        url = (await who.get(path))["url"]
        async with http.get(url) as opened:
            assert opened.status == 200
            request = opened.headers["X-Request-ID"]
        [row] = [row for row in await records(live) if row["request_id"] == request]
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
    [row] = [row for row in await records(live) if row["request_id"] == request]
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
    [row] = [row for row in await records(live) if row["request_id"] == request]
    assert row["action"] in {"log_in_refused", "bind_refused"}
    assert (row["actor"], heard.code in row["details"]) == ("unknown", True)


@pytest.mark.parametrize("spec", without_ids(Guard.STAFF), ids=named)
async def test_staff_of_another_unit_see_no_row_of_it(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    number = home.marks[1]
    unit = "210102001001"
    queries = [""]
    if spec.path == "/api/v1/staff/cases":
        queries += [f"?q={number}", f"?unit={unit}", f"?item={ITEM}", "?status=submitted"]
    if spec.path == "/api/v1/staff/tasks":
        queries += ["?scope=mine", "?scope=unit&light=green", "?scope=unit&limit=100"]
    for foreigner in home.foreigners:
        for query in queries:
            ask = Ask(method="GET", path=spec.path + query, token=foreigner.token)
            heard = await ask.of(http, live)
            assert heard.status == 200
            assert not [mark for mark in home.marks if mark in str(heard.body)]
            # The last one, the neighbour department, may have cases of its own from other tests.
            others = foreigner is not home.foreigners[-1]
            if others and isinstance(heard.body, dict) and "items" in heard.body:
                assert heard.body["items"] == []
                assert set(heard.body.get("counts", {}).values()) <= {0}


@pytest.mark.parametrize("spec", without_ids(Guard.RESIDENT), ids=named)
async def test_lists_show_a_resident_nothing_of_another(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    query = f"?purpose=submit&item={ITEM}" if spec.path.endswith("/plan") else ""
    heard = await Ask(method="GET", path=spec.path + query, token=home.stranger.token).of(
        http, live
    )
    assert heard.status == 200
    assert not [mark for mark in home.marks if mark in str(heard.body)]
    if isinstance(heard.body, dict) and "items" in heard.body:
        assert heard.body["items"] == []
