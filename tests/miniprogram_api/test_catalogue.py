"""The catalogue over HTTP: finding, paging, reading."""

from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused
from tests.live import Live
from tests.people import Person, person


async def codes(anybody: Person, query: str) -> list[str]:
    """The codes of the first page of a list."""
    page = await anybody.get(f"/api/v1/items?{query}")
    return [item["code"] for item in page["items"]]


async def test_an_item_is_found_by_words_pinyin_and_initials(
    live: Live, http: ClientSession
) -> None:
    anybody = person(live, http)

    for typed in ("低保", "dibao", "db"):
        assert (await codes(anybody, f"q={typed}"))[0] == "SP-MZ-001"
    assert await codes(anybody, "q=zzzzzz") == []


async def test_what_another_office_does_is_answered_with_where_to_go(
    live: Live, http: ClientSession
) -> None:
    anybody = person(live, http)

    elsewhere = await anybody.get("/api/v1/items?q=护照")
    here = await anybody.get("/api/v1/items?q=dog license")
    everything = await anybody.get("/api/v1/items")

    assert elsewhere["items"] == []
    assert [one["name"] for one in elsewhere["nearby"]] == ["护照、港澳台通行证、签注"]
    assert "出入境" in elsewhere["nearby"][0]["go_to"]
    assert [item["code"] for item in here["items"]][:1] == ["FW-GA-005"]
    assert here["nearby"] == everything["nearby"] == []


async def test_a_list_is_narrowed_by_department_type_and_category(
    live: Live, http: ClientSession
) -> None:
    anybody = person(live, http)

    licences = await codes(anybody, "type=行政许可&limit=100")
    assert licences == await codes(anybody, "type=01&limit=100")
    assert licences == ["SP-MZ-014", "SP-MZ-015", "SP-WJ-004"]
    assert await codes(anybody, "type=repair&department=CG") == ["FW-CG-003"]
    assert await codes(anybody, "type=repair&department=MZ") == []


async def test_pages_follow_each_other_without_gap_or_repetition(
    live: Live, http: ClientSession
) -> None:
    anybody = person(live, http)
    whole = await codes(anybody, "q=残疾&limit=100")
    found: list[str] = []
    cursor = ""

    while True:
        page: dict[str, Any] = await anybody.get(f"/api/v1/items?q=残疾&limit=5{cursor}")
        found += [item["code"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert found == whole
    assert len(found) > 10


async def test_an_item_is_read_whole_and_only_once(live: Live, http: ClientSession) -> None:
    url = f"{live.api}/api/v1/items/SP-MZ-001"

    async with http.get(url) as first:
        item = await first.json()
        etag = first.headers["ETag"]
    # A session of its own: the document describes what has a body.
    unchanged = {"If-None-Match": etag}
    async with ClientSession() as plain, plain.get(url, headers=unchanged) as again:
        assert (again.status, await again.read()) == (304, b"")

    assert (item["version"], item["min_assurance"], item["promised_days"]) == (1, "real_name", 25)
    assert item["department"] == {"code": "MZ", "name": "民政局"}
    assert item["name_en"] == "Minimum living allowance (dibao)"
    assert [step["level"] for step in item["route"]] == ["community", "street", "department"]
    assert item["form"]["$schema"].endswith("2020-12/schema")
    assert len(item["subscriptions"]) == 2


async def test_a_form_is_laid_out_in_the_order_of_the_data_file(
    live: Live, http: ClientSession
) -> None:
    item = await person(live, http).get("/api/v1/items/SP-MZ-001")

    sections = [section["title"] for section in item["layout"]]
    assert sections[:4] == ["申请人", "共同生活的家庭成员", "家庭收入", "家庭财产"]
    assert [field["path"] for field in item["layout"][-1]["fields"]] == [
        "reason",
        "household_registration",
    ]
    keys = [section["key"] for section in item["layout"] if section["key"]]
    assert [key for key in item["form"]["properties"] if key in keys] == keys
    assert list(item["form"]["properties"]["applicant"]["properties"]) == [
        "name",
        "id_number",
        "phone",
        "community",
        "address",
    ]


async def test_what_does_not_exist_is_refused_plainly(live: Live, http: ClientSession) -> None:
    asked = {
        "/api/v1/items/SP-XX-999": (404, "item_not_found"),
        "/api/v1/items?cursor=bm9uZQ": (422, "cursor_invalid"),
        "/api/v1/items?limit=0": (422, "query_invalid"),
        "/api/v1/items?colour=red": (422, "query_invalid"),
        f"/api/v1/items?q={'长' * 65}": (422, "query_invalid"),
    }

    for path, expected in asked.items():
        async with http.get(live.api + path) as answer:
            assert (answer.status, (await answer.json())["code"]) == expected


async def test_what_is_known_for_an_item_is_shown_to_who_applies(
    live: Live, http: ClientSession
) -> None:
    owner = person(live, http)
    await owner.register()
    case = await owner.apply("SP-MZ-001")

    begun = await owner.get("/api/v1/items/SP-MZ-001/prefill")

    assert begun["form"]["applicant"]["name"] == "王秀英"
    assert {"path": "applicant.name", "from": "profile"} in begun["sources"]
    assert {"path": "bank_account.bank", "from": "earlier_case"} in begun["sources"]
    assert begun["files"][0]["used_in"] == {"code": "SP-MZ-001", "name": case["item"]["name"]}
    assert 0.3 < begun["share"] < 1
    stranger = person(live, http)
    with pytest.raises(Refused, match="token_missing"):
        await stranger.get("/api/v1/items/SP-MZ-001/prefill")
    with pytest.raises(Refused, match="item_not_found"):
        await owner.get("/api/v1/items/SP-XX-999/prefill")
