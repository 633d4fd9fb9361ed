"""Administering staff over HTTP: within one's subtree, by whom, what is recorded."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from backend.audit import OPERATOR
from backend.http.guard import Guard
from backend.identity import posts, staff
from backend.identity.second_factor import factors, totp
from backend.identity.second_factor.rules import FactorState
from backend.staff_api import admin_staff, admin_units, cases, session
from config import clock
from models import AccessRecord, Post, Role, Session, Staff, Task
from tests.backend.cases.factories import a_case
from tests.contract.declared import PARAMETER, specs
from tests.filler import fill
from tests.serving import Served, served
from tests.staff_api.administering import (
    CITY,
    COMMUNITY,
    DISTRICT,
    ELSEWHERE,
    ELSEWHERES_COMMUNITY,
    STREET,
    a_worker,
    an_admin,
)

WORKING = [role for role in Role if role is not Role.ADMIN]


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    groups = [admin_staff.routes, admin_units.routes, session.routes, cases.routes]
    async with served(groups) as api:
        yield api


def given(unit: str, role: Role, name: str = "王新") -> dict[str, object]:
    return {"name": name, "posts": [{"unit_code": unit, "role": role}], "another": True}


async def test_the_table_of_rights_holds_for_invites_and_further_posts(api: Served) -> None:
    street, higher = await an_admin(api, STREET), await an_admin(api, COMMUNITY)
    for unit, clerk, admin in (
        (STREET, "", "post_not_yours"),
        (COMMUNITY, "", "post_held"),
        (DISTRICT, "unit_not_found", "unit_not_found"),
        (ELSEWHERES_COMMUNITY, "unit_not_found", "unit_not_found"),
        ("9" * 12, "unit_not_found", "unit_not_found"),
    ):
        invited = await street.post("/staff", given(unit, Role.CLERK))
        assert (invited.status == 201, invited.body.get("code", "")) == (not clerk, clerk)
        granted = {"posts": given(unit, Role.ADMIN)["posts"]}
        added = await street.on(higher.id, "posts", granted)
        assert added.body.get("code", "") == admin, unit
    for role in Role:
        oneself = await street.on(street.id, "posts", {"posts": given(STREET, role)["posts"]})
        assert (oneself.status, oneself.code) == (403, "not_to_yourself")
    for act in ("re-invite", "enable", "second-factor/reset"):
        assert (await street.on(street.id, act)).code == "not_to_yourself"


async def test_only_administrators_are_served_at_all_and_they_read_no_case(api: Served) -> None:
    routes = [spec for spec in specs() if spec.guard is Guard.ADMIN]
    assert len(routes) > 12
    for role in WORKING:
        worker = await a_worker(api, (DISTRICT, role))
        for spec in routes:
            path = PARAMETER.sub(lambda _: str(uuid4()), spec.path)
            schema = spec.body.model_json_schema()
            body = fill(schema, schema) if spec.method == "POST" else None
            heard = await api.ask(
                spec.method, path, body, token=worker.token, **{"If-Match": '"1"'}
            )
            assert (heard.status, heard.code) == (403, "admin_only"), (role, spec.name)
    admin = await an_admin(api, CITY)
    case = await a_case()
    heard = await api.ask("GET", f"/api/v1/staff/cases/{case.id}", token=admin.token)
    assert heard.status == 404


async def test_who_is_of_another_subtree_is_not_found_by_any_route(api: Served) -> None:
    foreign = await an_admin(api, ELSEWHERE)
    clerk = await a_worker(api, (COMMUNITY, Role.CLERK))
    post = await Post.get(staff_id=clerk.id)
    before = await Staff.all().order_by("id").values()
    tried = 0
    for spec in specs():
        if spec.guard is not Guard.ADMIN or "<staff_id" not in spec.path:
            continue
        ids = {"staff_id": str(clerk.id), "post_id": str(post.id)}
        path = PARAMETER.sub(lambda found, ids=ids: ids[found[1]], spec.path)  # type: ignore[misc]
        body = {"posts": given(ELSEWHERE, Role.CLERK)["posts"]} if path.endswith("posts") else {}
        headers = {"If-Match": '"2"'}
        heard = await api.ask(
            spec.method,
            path,
            body if spec.method == "POST" else None,
            token=foreign.token,
            **headers,
        )
        assert (heard.status, heard.code) == (404, "staff_not_found"), spec.name
        tried += 1
    assert tried >= 8
    assert await Staff.all().order_by("id").values() == before
    assert str(clerk.id) not in str((await foreign.get("/staff?limit=100")).body)
    assert (await foreign.get(f"/staff?unit={COMMUNITY}")).code == "unit_not_found"


async def test_an_invite_is_shown_once_and_says_who_gave_the_post(api: Served) -> None:
    street = await an_admin(api, STREET)
    body = given(COMMUNITY, Role.CLERK) | {"another": False}

    first = await street.post("/staff", body, **{"Idempotency-Key": "k"})
    again = await street.post("/staff", body, **{"Idempotency-Key": "k"})
    twice = await street.post("/staff", body, **{"Idempotency-Key": "other"})

    assert (first.status, again.body) == (201, first.body)
    assert (twice.status, twice.code) == (409, "name_known")
    member = first.body["member"]
    assert (member["state"], member["elsewhere"], member["manageable"]) == ("invited", False, True)
    [post] = member["posts"]
    assert (post["granted_by"], post["role"]) == (str(street.id), "clerk")
    code = await api.phones.code("wang xin")
    bind = {"code": code, "invite": first.body["invite"]}
    bound = await api.ask("POST", "/api/v1/staff/auth/bind", bind)
    assert bound.body["staff"]["id"] == member["id"]
    shown = await street.get(f"/staff/{member['id']}")
    assert (shown.body["state"], shown.headers["Etag"][:3]) == ("active", f'"{member["version"]}-')
    acted = await AccessRecord.filter(actor_id=street.id).order_by("seq").values()
    assert [row["action"] for row in acted] == ["grant_post", "invite", "open_staff"]


async def test_lists_are_searched_and_paged_and_name_only_the_subtree(api: Served) -> None:
    street = await an_admin(api, STREET)
    made = [
        await a_worker(api, (COMMUNITY, Role.CLERK), name=name) for name in ("李一", "王二", "李三")
    ]
    await posts.grant(
        made[0].id, [(ELSEWHERES_COMMUNITY, Role.CLERK)], by=OPERATOR, now=clock.now()
    )
    await staff.disable(made[2].id, now=clock.now())

    async def names(query: str) -> list[str]:
        return [one["name"] for one in (await street.get(f"/staff?{query}")).body["items"]]

    assert await names("limit=100") == ["李三", "王二", "李一", "赵管理"]
    assert await names("q=李") == ["李三", "李一"]
    assert await names("state=disabled") == ["李三"]
    assert await names(f"unit={COMMUNITY}&q=王") == ["王二"]
    page = (await street.get("/staff?limit=3")).body
    rest = await names(f"limit=3&cursor={page['next_cursor']}")
    assert rest == ["赵管理"]
    shown = (await street.get(f"/staff/{made[0].id}")).body
    assert (len(shown["posts"]), shown["elsewhere"], shown["manageable"]) == (1, True, False)
    refused = await street.on(made[0].id, "disable")
    assert (refused.status, refused.code) == (403, "post_not_yours")
    post = shown["posts"][0]["id"]
    assert (await street.on(made[0].id, f"posts/{post}/end")).status == 200


async def test_who_is_put_out_is_out_at_the_next_request(api: Served) -> None:
    street = await an_admin(api, STREET)
    clerk = await a_worker(api, (COMMUNITY, Role.CLERK))
    await a_case()
    await Task.all().update(assignee_id=clerk.id)

    stale = await street.post(f"/staff/{clerk.id}/disable", **{"If-Match": '"99"'})
    assert (stale.status, stale.code) == (412, "version_stale")
    assert (await street.post(f"/staff/{clerk.id}/disable")).status == 428
    out = await street.on(clerk.id, "disable")
    assert (out.body["released"], out.body["member"]["state"]) == (1, "disabled")
    gone = await api.ask("GET", "/api/v1/staff/me", token=clerk.token)
    assert (gone.status, gone.code) == (401, "session_ended")
    assert (await street.on(clerk.id, "re-invite")).code == "staff_not_active"
    assert (await street.on(clerk.id, "enable")).body["state"] == "active"
    renewed = await street.on(clerk.id, "re-invite")
    assert (renewed.body["member"]["state"], len(renewed.body["invite"])) == ("invited", 14)
    post = renewed.body["member"]["posts"][0]["id"]
    assert (await street.on(clerk.id, f"posts/{uuid4()}/end")).code == "post_not_found"
    ended = await street.on(clerk.id, f"posts/{post}/end")
    assert ended.body["member"]["posts"] == []
    left = await street.on(clerk.id, "leave")
    assert left.body["member"]["state"] == "left"
    for act, body in (("enable", {}), ("posts", {"posts": given(COMMUNITY, Role.CLERK)["posts"]})):
        assert (await street.on(clerk.id, act, body)).code == "staff_left"
    rows = await AccessRecord.filter(actor_id=street.id).order_by("seq").values()
    assert {row["object_id"] for row in rows} == {str(clerk.id)}
    assert [row["action"] for row in rows] == [
        *("disable_staff", "enable_staff", "invite", "end_post", "disable_staff", "end_staff")
    ]


async def test_who_administers_holds_no_other_post(api: Served) -> None:
    district = await an_admin(api, DISTRICT)
    admin, clerk = await an_admin(api, STREET), await a_worker(api, (COMMUNITY, Role.CLERK))
    for whom, role in ((admin, Role.CLERK), (clerk, Role.ADMIN)):
        heard = await district.on(whom.id, "posts", {"posts": given(COMMUNITY, role)["posts"]})
        assert (heard.status, heard.code) == (409, "posts_apart")
    further = await district.on(admin.id, "posts", {"posts": given(COMMUNITY, Role.ADMIN)["posts"]})
    assert further.status == 200


async def test_a_lost_factor_is_reset_from_above_and_by_no_peer(api: Served) -> None:
    district, peer = await an_admin(api, DISTRICT), await an_admin(api, STREET)
    street = await an_admin(api, STREET)
    session_id = (await Session.get(staff_id=street.id)).id
    begun = await factors.begin(street.id, "李", owed=FactorState.NONE, now=clock.now())
    code = totp.code(begun.secret, totp.step_of(clock.now()))
    await factors.confirm(street.id, session_id, code, now=clock.now())

    assert (await peer.on(street.id, "second-factor/reset")).code == "post_not_yours"
    before = (await Staff.get(id=street.id)).version
    reset = await district.on(street.id, "second-factor/reset")
    assert (reset.status, reset.body["factor_set"]) == (200, False)
    assert reset.body["version"] == before + 1
    assert (await street.get("/units")).code == "session_ended"


async def test_the_last_administrator_stays_until_another_can_log_in(api: Served) -> None:
    street = await an_admin(api, STREET)
    post = await Post.get(staff_id=street.id)
    for act in ("disable", "leave", f"posts/{post.id}/end"):
        heard = await street.on(street.id, act)
        assert (heard.status, heard.code) == (409, "last_admin")
    other = await an_admin(api, DISTRICT)
    await Staff.filter(id=other.id).update(openid_hash=None)
    assert (await street.on(street.id, "disable")).code == "last_admin"
    await Staff.filter(id=other.id).update(openid_hash="bound")
    assert (await street.on(street.id, "disable")).status == 200
