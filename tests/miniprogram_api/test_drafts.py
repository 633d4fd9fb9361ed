"""Drafts over HTTP, from two phones."""

from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused
from tests.live import Live
from tests.people import Person, person

DRAFTS = "/api/v1/drafts"
ITEM = "SP-MZ-001"


@pytest.fixture
async def owner(live: Live, http: ClientSession) -> Person:
    owner = person(live, http)
    await owner.register()
    return owner


async def put(by: Person, path: str, *, version: int | None = None, **changes: Any) -> Any:
    body = {"item_code": ITEM, "form": {"reason": "收入低于"}} | changes
    return (await by.call("PUT", path, body, version=version)).body


async def test_a_draft_is_saved_read_changed_and_thrown_away(owner: Person) -> None:
    path = f"{DRAFTS}/{uuid4()}"
    paper = {"material_code": "id_card", "file_id": str(uuid4())}

    first = await put(owner, path, materials=[paper])
    second = await put(owner, path, version=first["version"], form={"reason": "x"})

    assert (first["item_version"], first["materials"], second["version"]) == (1, [paper], 2)
    assert await owner.get(path) == second
    listed = (await owner.get(DRAFTS))["items"]
    assert [each["version"] for each in listed] == [2]
    assert "form" not in listed[0]
    assert (await owner.call("DELETE", path)).status == 204
    with pytest.raises(Refused, match="draft_not_found"):
        await owner.get(path)


async def test_who_was_slower_is_shown_the_stored_one(owner: Person) -> None:
    path = f"{DRAFTS}/{uuid4()}"
    await put(owner, path)
    newest = await put(owner, path, version=1, form={"reason": "x"})

    with pytest.raises(Refused) as refused:
        await put(owner, path, version=1, form={"reason": "y"})

    assert (refused.value.status, refused.value.code) == (412, "draft_stale")
    assert refused.value.problem["stored"] == newest


async def test_a_draft_goes_with_its_submission(owner: Person) -> None:
    path, other = (f"{DRAFTS}/{uuid4()}" for _ in range(2))
    draft = await put(owner, path)
    await put(owner, other)
    body = await owner.application(ITEM)

    await owner.post("/api/v1/cases", body | {"draft_id": draft["id"]})

    assert [f"{DRAFTS}/{each['id']}" for each in (await owner.get(DRAFTS))["items"]] == [other]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"item_code": ""}, 422, "body_invalid"),
        ({"item_code": "x" * 51}, 422, "body_invalid"),
        ({"item_code": "SP-XX-999"}, 422, "item_unknown"),
        ({"form": []}, 422, "body_invalid"),
        ({"form": None}, 422, "body_invalid"),
        ({"form": {"reason": "\x00"}}, 422, "body_invalid"),
        ({"form": {"income": 10**30}}, 422, "body_invalid"),
        ({"form": {"income": -(2**63) - 1}}, 422, "body_invalid"),
        ({"form": {"reason": "x" * 65_536}}, 413, "draft_too_large"),
        ({"form": {"reason": "x" * 300_000}}, 413, "body_too_large"),
        ({"materials": [{"material_code": "id_card"}]}, 422, "body_invalid"),
        ({"materials": [{"material_code": "id_card", "file_id": "x"}]}, 422, "body_invalid"),
        (
            {"materials": [{"material_code": "a", "file_id": str(uuid4())}] * 51},
            422,
            "body_invalid",
        ),
        ({"colour": "red"}, 422, "body_invalid"),
    ],
)
async def test_a_bad_draft_is_refused(
    owner: Person, changes: dict[str, Any], status: int, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        await put(owner, f"{DRAFTS}/{uuid4()}", **changes)

    assert (refused.value.status, refused.value.code) == (status, code)
    assert (await owner.get(DRAFTS))["items"] == []


async def test_a_bad_id_version_or_stranger_is_refused(
    owner: Person, live: Live, http: ClientSession
) -> None:
    path = f"{DRAFTS}/{uuid4()}"
    await put(owner, path)
    stranger = person(live, http)
    with pytest.raises(Refused, match="token_missing"):
        await put(stranger, path)
    await stranger.log_in()
    for ask in (put(stranger, path), stranger.get(path), stranger.call("DELETE", path)):
        with pytest.raises(Refused, match="draft_not_found"):
            await ask
    with pytest.raises(Refused, match="route_not_found"):
        await put(owner, f"{DRAFTS}/1")
    required, invalid = (428, "if_match_required"), (422, "if_match_invalid")
    for bad, refused in {"x": invalid, "*": required, '"1", "2"': invalid, "": required}.items():
        headers = {"Authorization": f"Bearer {owner.token}", "If-Match": bad}
        body = {"item_code": ITEM}
        async with http.put(live.api + path, json=body, headers=headers) as heard:
            assert (heard.status, (await heard.json())["code"]) == refused
