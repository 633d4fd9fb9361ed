"""Items that are no approvals go their own way, in their own words."""

from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused
from tests.live import Live
from tests.people import Person, on_duty, person

LAMP = "FW-CG-003"
COURSE = "FW-JY-004"


@pytest.fixture
async def zhou(live: Live, http: ClientSession) -> Person:
    resident = person(live, http)
    await resident.register()
    return resident


async def team(live: Live, http: ClientSession) -> list[Person]:
    return [await on_duty(live, http, name) for name in ("clerk", "reviewer", "approver")]


async def handler(live: Live, http: ClientSession, case_id: str) -> Person:
    """Who of the demo's staff may finish or enrol the case now."""
    for who in await team(live, http):
        try:
            seen = await who.get(f"/api/v1/staff/cases/{case_id}")
        except Refused:
            continue
        if {"finish", "enrol"} & set(seen["actions"]):
            return who
    raise AssertionError(case_id)


async def titles(who: Person) -> list[str]:
    """The inbox, oldest first."""
    return [line["title"] for line in (await who.get("/api/v1/messages?limit=50"))["items"]][::-1]


async def test_a_mended_lamp_is_confirmed_and_never_approved(
    zhou: Person, live: Live, http: ClientSession
) -> None:
    assert (await zhou.get(f"/api/v1/items/{LAMP}"))["flow"] == "request"
    case = await zhou.apply(LAMP)
    path = f"/api/v1/cases/{case['id']}"
    clerk = await on_duty(live, http, "clerk")
    with pytest.raises(Refused, match="action_not_allowed"):
        await clerk.act(case["id"], "accept", {})

    dispatched = await clerk.act(case["id"], "dispatch", {})
    assert (dispatched["status"], dispatched["status_text"]) == ("dispatched", "处理中")
    assert dispatched["accepted_at"]
    who = await handler(live, http, case["id"])
    await who.act(case["id"], "finish", {"result": "灯泡已更换。"})

    seen = await zhou.get(path)
    assert (seen["status"], seen["outcome"], seen["actions"]) == (
        "done",
        "done",
        ["confirm", "reopen"],
    )
    assert "灯泡已更换" in seen["timeline"][-1]["text"]
    reopened = await zhou.post(f"{path}/reopen", {"reason": "灯还是不亮"})
    assert (reopened["status"], reopened["outcome"], reopened["decided_at"]) == (
        "dispatched",
        None,
        None,
    )
    await who.act(case["id"], "finish", {"result": "线路已修复。"})
    with pytest.raises(Refused, match="close_reason_required"):
        await who.act(case["id"], "close", {})
    closed = await zhou.post(f"{path}/confirm", {})

    assert (closed["status"], closed["actions"]) == ("closed", [])
    told = await titles(zhou)
    assert told == [
        "诉求已提交",
        "诉求已受理",
        "诉求已处理，请确认",
        "诉求继续处理",
        "诉求已处理，请确认",
        "诉求已办结",
    ]
    said = str(told) + str([line["text"] for line in closed["timeline"]])
    assert "通过" not in said
    assert "准予" not in said


async def test_who_signs_up_for_a_course_is_enrolled_and_may_give_the_place_back(
    zhou: Person, live: Live, http: ClientSession
) -> None:
    case = await zhou.apply(COURSE)
    assert (case["status"], case["status_text"]) == ("submitted", "已报名")
    clerk = await on_duty(live, http, "clerk")
    await clerk.act(case["id"], "pass", {"opinion": "符合条件"})
    who = await handler(live, http, case["id"])
    enrolled = await who.act(case["id"], "enrol", {})
    assert (enrolled["status"], enrolled["status_text"]) == ("enrolled", "已录取")

    gone = await zhou.post(f"/api/v1/cases/{case['id']}/withdraw", {})

    assert (gone["status"], gone["status_text"]) == ("withdrawn", "已取消报名")
    assert (gone["outcome"], gone["decided_at"]) == (None, None)
    assert await titles(zhou) == ["报名已提交", "报名有新进展", "报名已录取", "报名已取消"]


async def test_whoever_it_was_given_to_may_decline_it(
    zhou: Person, live: Live, http: ClientSession
) -> None:
    case = await zhou.apply(LAMP)
    clerk = await on_duty(live, http, "clerk")
    await clerk.act(case["id"], "dispatch", {})
    who = await handler(live, http, case["id"])
    await who.act(case["id"], "decline", {"reason": "属小区物业管理", "go_to": "小区物业"})

    seen = await zhou.get(f"/api/v1/cases/{case['id']}")
    assert (seen["status"], seen["outcome"]) == ("declined", None)
    assert "小区物业" in seen["timeline"][-1]["text"]


async def test_a_supplement_may_change_what_it_is_about_but_not_to_another_open_one(
    zhou: Person, live: Live, http: ClientSession
) -> None:
    there, here = [await zhou.application(LAMP) for _ in range(2)]
    there["form"]["place"]["address"] = "浑河湾街2号"
    here["form"]["place"]["address"] = "浑河湾街3号"
    case = await zhou.post("/api/v1/cases", there)
    clerk = await on_duty(live, http, "clerk")
    defects = {"defects": [{"field": "place.address", "reason": "没有这个地址"}]}
    await clerk.act(case["id"], "supplement-requests", defects)
    other = await zhou.post("/api/v1/cases", here)
    path = f"/api/v1/cases/{case['id']}/supplement"

    with pytest.raises(Refused, match="case_already_open"):
        await zhou.post(path, {"form": here["form"], "materials": []})
    await zhou.post(f"/api/v1/cases/{other['id']}/withdraw", {})
    await zhou.post(path, {"form": here["form"], "materials": []})

    with pytest.raises(Refused, match="case_already_open"):
        await zhou.post("/api/v1/cases", here)
    assert (await zhou.post("/api/v1/cases", there))["status"] == "submitted"


BAD_ACTS: list[tuple[str, Any, str]] = [
    ("dispatch", {"to_step": 9}, "step_not_ahead"),
    ("dispatch", {"to_step": 0}, "body_invalid"),
    ("dispatch", {"to_step": "2"}, "body_invalid"),
    ("dispatch", {"to": 2}, "body_invalid"),
    ("dispatch", {"note": "\0"}, "body_invalid"),
    ("finish", {"result": "已修好"}, "action_not_allowed"),
    ("finish", {"result": " "}, "body_invalid"),
    ("enrol", {}, "action_not_allowed"),
]


async def test_bad_acts_change_nothing(zhou: Person, live: Live, http: ClientSession) -> None:
    case = await zhou.apply(LAMP)
    clerk = await on_duty(live, http, "clerk")

    for action, body, code in BAD_ACTS:
        with pytest.raises(Refused, match=code):
            await clerk.act(case["id"], action, body)

    assert (await zhou.get(f"/api/v1/cases/{case['id']}"))["version"] == 1
