"""All published items: each can be applied for in its season, and each kind of route ends."""

import contextlib
from typing import Any

import pytest
from aiohttp import ClientSession

from config import clock
from sandbox.actors import Refused
from sandbox.handed_in import photo
from sandbox.seed import CITY, COMMUNITY, STREET
from tests.eligible import eligible
from tests.live import Live
from tests.people import Person, person

ITEMS, BOOKED = 192, 28
# In this order an action is taken when it is allowed.
WAY = {
    "accept": {},
    "dispatch": {},
    "enrol": {},
    "decide": {"outcome": "approved", "opinion": "同意"},
    "pass": {"opinion": "同意"},
    "finish": {"result": "已到现场处理"},
    "deliver": {"method": "pickup"},
    "close": {"reason": "已电话回访"},
}
ANSWERS = {"enrol", "decide", "finish"}


async def all_items(anybody: Person) -> list[dict[str, Any]]:
    """Every item, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await anybody.get(f"/api/v1/items?limit=100{cursor}")
        found += [await anybody.get(f"/api/v1/items/{item['code']}") for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def kind_of_route(item: dict[str, Any]) -> tuple[str, ...]:
    """What tells routes apart to an outsider: the flow, and the levels passed, and as what."""
    return (item["flow"], *(f"{step['level']} {step['name']}" for step in item["route"]))


def first_holder_fits(case: dict[str, Any], item: dict[str, Any]) -> bool:
    """Whether the case lies where the item's route begins, for a resident of the community."""
    level, holder = item["route"][0]["level"], case["holder"]
    if level == "community":
        return bool(holder["code"] == COMMUNITY)
    if level == "street":
        return bool(holder["code"] == STREET)
    department = item["department"]["code"]
    return holder["code"] in {f"{COMMUNITY[:6]}-{department}", f"{CITY[:6]}-{department}"}


async def test_every_item_can_be_applied_for_in_season_and_every_route_ends(
    live: Live, http: ClientSession
) -> None:
    wu = person(live, http)
    await wu.register()
    items = await all_items(wu)
    assert len({item["code"] for item in items}) == ITEMS
    file_id = await wu.upload("paper.jpg", photo("white"), "image/jpeg")
    cases = {}
    today = clock.city_day(clock.now())
    for item in filed(items):
        body = eligible(item, file_id, today)
        try:
            answer = await wu.call("POST", "/api/v1/cases", body, key=item["code"])
        except Refused as refused:
            told = (refused.status, refused.code, bool(item["season"]))
            assert told == (422, "condition_unmet", True), (item["code"], refused)  # noqa: PT017
            continue
        assert first_holder_fits(answer.body, item), (item["code"], answer.body["holder"])
        cases[item["code"]] = answer.body

    staff = [person(live, http, name) for name in ("clerk", "reviewer", "approver")]
    for who in staff:
        await who.log_in(staff=True)
    walked = {kind_of_route(item): item for item in items if item["code"] in cases}
    ends = {await walk(cases[item["code"]]["id"], staff) for item in walked.values()}
    assert ends == {"community", "street", "district department", "city department"}


def filed(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items that are applied for, and not just booked."""
    return [item for item in items if item["flow"] != "booking"]


async def test_every_item_that_is_booked_takes_its_form_and_no_application(
    live: Live, http: ClientSession
) -> None:
    wu = person(live, http)
    await wu.register()
    booked = [item for item in await all_items(wu) if item["flow"] == "booking"]
    today = clock.city_day(clock.now())

    for item in booked:
        body = eligible(item, None, today)
        with pytest.raises(Refused, match="item_booked_only"):
            await wu.post("/api/v1/cases", body | {"materials": []})
        wish = {"item_code": item["code"], "slot_id": (await wu.slots(item["code"]))[0]["id"]}
        with pytest.raises(Refused, match="form_invalid"):
            await wu.post("/api/v1/appointments", wish | {"form": {"nothing": 1}})
        try:
            made = await wu.post("/api/v1/appointments", wish | {"form": body["form"]})
        except Refused as refused:
            assert (refused.code, bool(item["season"])) == ("condition_unmet", True)  # noqa: PT017
            continue
        assert made["form"] == (await wu.get(f"/api/v1/appointments/{made['id']}"))["form"]
        assert made["form"].keys() >= body["form"].keys()
        # A person has three at most.
        await wu.post(f"/api/v1/appointments/{made['id']}/cancel", {})

    assert len(booked) == BOOKED


async def walk(case_id: str, staff: list[Person]) -> str:
    """Do whatever is allowed next until the case is closed; at which level it was decided."""
    decided_at = ""
    while True:
        who, seen = await _whose_turn(case_id, staff)
        if seen["status"] == "closed":
            return decided_at
        action = next(action for action in WAY if action in seen["actions"])
        if action in ANSWERS:
            decided_at = _level(seen["holder"])
        await who.post(
            f"/api/v1/staff/cases/{case_id}/{action}", WAY[action], version=seen["version"]
        )


async def _whose_turn(case_id: str, staff: list[Person]) -> tuple[Person, dict[str, Any]]:
    for who in staff:
        with contextlib.suppress(Refused):
            seen = await who.get(f"/api/v1/staff/cases/{case_id}")
            # Who accepted it may still withdraw it for whoever stands there; it is not their turn.
            if WAY.keys() & seen["actions"] or seen["status"] == "closed":
                return who, seen
    raise AssertionError(f"nobody can go on with {case_id}")


def _level(holder: dict[str, Any]) -> str:
    if holder["level"] != "department":
        return str(holder["level"])
    of_city = holder["code"].startswith(CITY[:6] + "-")
    return "city department" if of_city else "district department"
