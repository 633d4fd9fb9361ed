"""Choosing where one lives, over HTTP."""

from typing import Any

import pytest
from aiohttp import ClientSession
from yarl import URL

from tests.live import Live
from tests.people import person


async def found(live: Live, http: ClientSession, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await person(live, http).get(f"/api/v1{path}"))["items"]
    return items


async def test_regions_lead_from_the_city_to_a_community_one_can_live_in(
    live: Live, http: ClientSession
) -> None:
    (district,) = [r for r in await found(live, http, "/regions") if r["name"] == "和平区"]
    assert (district["level"], district["has_children"]) == ("district", True)
    street = (await found(live, http, f"/regions?parent={district['code']}"))[0]
    community = (await found(live, http, f"/regions?parent={street['code']}"))[0]
    assert (community["level"], community["has_children"]) == ("community", False)
    assert await found(live, http, f"/regions?parent={community['code']}") == []
    wang = person(live, http)
    await wang.log_in()

    me = (await wang.call("PUT", "/api/v1/me", {"community_code": community["code"]})).body

    assert me["community"] == {"code": community["code"], "name": community["name"]}


@pytest.mark.parametrize("typed", ["北市场第二", "beishichangdier", "bscdesq", "Bei Shi Chang"])
async def test_a_community_is_found_by_words_pinyin_and_initials(
    live: Live, http: ClientSession, typed: str
) -> None:
    first = (await found(live, http, f"/communities?q={typed}"))[0]

    assert first["distance_m"] is None
    assert first["street"]["name"] == "北市场街道"
    assert first["district"]["name"] == "和平区"


@pytest.mark.parametrize("typed", ["%25", "'", "_", ".*", "(", "%EF%BC%85", "%5C", "--"])
async def test_what_holds_no_letter_finds_no_place(
    live: Live, http: ClientSession, typed: str
) -> None:
    assert await found(live, http, f"/communities?q={typed}") == []
    assert await found(live, http, f"/items?q={typed}") == []


@pytest.mark.parametrize(("given", "missing"), [("lat", "lng"), ("lng", "lat")])
async def test_half_a_place_is_told_by_the_half_that_is_missing(
    live: Live, http: ClientSession, given: str, missing: str
) -> None:
    async with http.get(f"{live.api}/api/v1/communities?{given}=41.8") as answer:
        [param] = (await answer.json())["invalid_params"]

    assert param == {"name": missing, "code": "missing_beside", "reason": f"须与 {given} 同时给出"}


async def test_the_nearest_community_comes_first_with_its_distance(
    live: Live, http: ClientSession
) -> None:
    near = await found(live, http, "/communities?lat=41.7897&lng=123.426482&limit=100")

    assert near[0]["code"] == "210102001001"
    assert near[0]["distance_m"] == 0
    distances = [one["distance_m"] for one in near]
    assert distances == sorted(distances)
    # A hundredth of a degree north is 1112 m.
    north = await found(live, http, "/communities?q=浑河湾第一&lat=41.7997&lng=123.426482")
    assert 1110 <= north[0]["distance_m"] <= 1114


async def test_a_district_keeps_to_itself(live: Live, http: ClientSession) -> None:
    inside = await found(live, http, "/communities?district=210103000000&limit=100")

    assert inside
    assert {one["district"]["name"] for one in inside} == {"沈河区"}


async def test_departments_and_categories_count_their_items(
    live: Live, http: ClientSession
) -> None:
    for path, key in (("/departments", "department"), ("/categories", "category")):
        groups = await found(live, http, path)
        assert sum(group["items"] for group in groups) == 192
        one = groups[-1]
        listed = await found(live, http, f"/items?{key}={one['code']}&limit=100")
        assert len(listed) == one["items"]


@pytest.mark.parametrize("path", ["/regions", "/communities", "/departments", "/categories"])
async def test_what_seldom_changes_is_kept_by_anybody(live: Live, path: str) -> None:
    async with ClientSession() as plain:
        async with plain.get(f"{live.api}/api/v1{path}") as first:
            assert first.headers["Cache-Control"] == "public, max-age=300"
            unchanged = {"If-None-Match": first.headers["ETag"]}
        async with plain.get(f"{live.api}/api/v1{path}", headers=unchanged) as again:
            assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/regions?parent=210102-MZ", (422, "query_invalid")),
        ("/regions?parent=999999999999", (404, "region_not_found")),
        ("/communities?lat=41.8", (422, "query_invalid")),
        ("/communities?lat=nan&lng=1", (422, "query_invalid")),
        ("/communities?lat=91&lng=1", (422, "query_invalid")),
        ("/communities?limit=101", (422, "query_invalid")),
        ("/items?category=none", (422, "query_invalid")),
        ("/items?department=zz", (404, "department_not_found")),
        ("/items?q=%ff", (422, "query_invalid")),
        ("/communities?q=%E5%85", (422, "query_invalid")),
    ],
)
async def test_what_is_no_place_is_refused_plainly(
    live: Live, http: ClientSession, path: str, expected: tuple[int, str]
) -> None:
    async with http.get(URL(f"{live.api}/api/v1{path}", encoded=True)) as answer:
        assert (answer.status, (await answer.json())["code"]) == expected
