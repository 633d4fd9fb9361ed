"""The whole main journey over HTTP, by somebody who knows only the paths and shapes of the API."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused
from sandbox.handed_in import photo
from sandbox.seed import COMMUNITY
from tests.live import Live
from tests.people import Person, person, until

ITEM = "SP-MZ-001"


async def arrived(who: Person, number: str) -> list[str]:
    """What the phone shows of one case or appointment, in order."""
    told = [
        [value["value"] for value in message["data"].values()]
        for message in await who.phone_messages()
        if number in str(message["data"]) or number in message["page"]
    ]
    return [" ".join(values) for values in told]


async def handled(live: Live, http: ClientSession, case_id: str) -> None:
    """The staff's part: return it once, then agree, decide, deliver, close."""
    clerk, reviewer, approver = (person(live, http, n) for n in ("clerk", "reviewer", "approver"))
    for who in (clerk, reviewer, approver):
        await who.log_in(staff=True)
    await clerk.act(case_id, "accept", {"note": "材料齐"})
    await clerk.act(case_id, "pass", {"opinion": "同意"})
    await reviewer.act(case_id, "return", {"to_step": 1, "reason": "请核对住址"})
    await clerk.act(case_id, "pass", {"opinion": "住址无误"})
    await reviewer.act(case_id, "pass", {"opinion": "入户属实"})
    await approver.act(case_id, "decide", {"outcome": "approved", "opinion": "符合条件"})
    await approver.act(case_id, "deliver", {"method": "electronic"})
    seen = await approver.act(case_id, "close")
    assert seen["status"] == "closed"
    assert any(moment["opinion"] == "入户属实" for moment in seen["timeline"])
    assert "*" in seen["applicant"]["name_masked"]


async def test_a_resident_gets_something_done(live: Live, http: ClientSession) -> None:
    wang = person(live, http)
    me = await wang.register()
    assert me["assurance"] == "real_name"
    assert me["community"]["code"] == COMMUNITY

    found = await wang.get("/api/v1/items?q=db&limit=3")
    assert ITEM in [item["code"] for item in found["items"]]
    plan = await wang.get(f"/api/v1/subscriptions/plan?purpose=submit&item={ITEM}")
    for _ in range(12):
        await wang.agree([template["template_id"] for template in plan["templates"]])

    body = await wang.application(ITEM)
    key = secrets.token_hex(8)
    first = await wang.call("POST", "/api/v1/cases", body, key=key)
    again = await wang.call("POST", "/api/v1/cases", body, key=key)
    case = first.body
    assert (first.status, again.status) == (201, 201)
    assert again.body == case
    assert again.headers["Idempotent-Replayed"] == "true"
    assert case["status"] == "submitted"
    assert case["holder"]["code"] == COMMUNITY
    assert len((await wang.get("/api/v1/cases"))["items"]) == 1

    await supplemented(live, http, wang, case)
    await handled(live, http, case["id"])

    seen = await wang.get(f"/api/v1/cases/{case['id']}")
    assert (seen["status"], seen["outcome"]) == ("closed", "approved")
    assert seen["query_code"] == case["query_code"]
    actions = [moment["action"] for moment in seen["timeline"]]
    changes = ["request_supplement", "supplement", "accept", "pass", "return", "pass", "pass"]
    assert actions == ["submit", *changes, "decide", "deliver", "close"]
    hidden = str(seen)
    assert not any(word in hidden for word in ("住址无误", "入户属实", "请核对住址", "材料齐"))

    await messages_of(wang, case["number"], changes=len(actions))


async def supplemented(live: Live, http: ClientSession, wang: Person, case: Any) -> None:
    """The clerk claims the task and asks once for a better photo, which then comes."""
    clerk = person(live, http, "clerk")
    await clerk.log_in(staff=True)
    listed = await clerk.get("/api/v1/staff/tasks?scope=unit&limit=100")
    task = next(task for task in listed["items"] if task["case"]["id"] == case["id"])
    assert (await clerk.post(f"/api/v1/staff/tasks/{task['id']}/claim"))["assignee"]
    paper = case["materials"][0]["code"]
    asked = {"defects": [{"material_code": paper, "reason": "照片模糊"}]}
    await clerk.act(case["id"], "supplement-requests", asked)

    seen = await wang.get(f"/api/v1/cases/{case['id']}")
    assert seen["status"] == "supplement_requested"
    assert seen["supplement_request"]["defects"][0]["reason"] == "照片模糊"
    file_id = await wang.upload("again.jpg", photo("ivory"), "image/jpeg")
    answer = {"materials": [{"material_code": paper, "file_id": file_id}]}
    seen = await wang.post(f"/api/v1/cases/{case['id']}/supplement", answer)
    assert seen["status"] == "submitted"
    assert file_id in [material["file_id"] for material in seen["materials"]]


async def messages_of(wang: Person, number: str, *, changes: int) -> None:
    """Each change is in the inbox; what the staff did is on the phone, once and in order."""
    inbox = await wang.get("/api/v1/messages?limit=50")
    told = [message for message in inbox["items"] if number in message["body"]]
    assert len(told) == changes
    assert inbox["unread"] == len(inbox["items"])
    own = [message for message in told if message["importance"] == "echo"]
    assert [message["kind"] for message in own] == ["case.supplement", "case.submit"]
    assert {(each["status"], each["reason"]) for line in own for each in line["deliveries"]} == {
        ("dropped", "echo")
    }
    expected = ["按办件中列出的内容补正", "已受理", *["审查中"] * 4]
    expected += ["已通过", "已送达", "已办结"]
    assert len(expected) == changes - len(own)

    async def all_there() -> bool:
        return len(await arrived(wang, number)) >= len(expected)

    await until(all_there)
    for text, word in zip(await arrived(wang, number), expected, strict=True):
        assert word in text

    await wang.post(f"/api/v1/messages/{told[0]['id']}/read")
    after = await wang.get("/api/v1/messages?limit=50")
    assert after["unread"] == inbox["unread"] - 1
    assert next(m for m in after["items"] if m["id"] == told[0]["id"])["read_at"]


async def test_a_resident_books_moves_and_cancels(live: Live, http: ClientSession) -> None:
    li = person(live, http)
    await li.register()
    here, there = (await li.slots())[:2]
    key = secrets.token_hex(8)
    booked = await li.post("/api/v1/appointments", {"slot_id": here["id"]}, key=key)
    again = await li.call("POST", "/api/v1/appointments", {"slot_id": here["id"]}, key=key)
    assert again.body == booked
    assert booked["status"] == "booked"

    path = f"/api/v1/appointments/{booked['id']}"
    moved = await li.post(f"{path}/reschedule", {"slot_id": there["id"]})
    assert moved["slot"]["id"] == there["id"]
    assert moved["number"] == booked["number"]
    cancelled = await li.post(f"{path}/cancel", {"reason": "临时有事"})
    assert cancelled["status"] == "cancelled"
    assert (await li.get("/api/v1/appointments"))["items"][0]["status"] == "cancelled"

    inbox = (await li.get("/api/v1/messages"))["items"]
    assert [(line["kind"], line["deliveries"][0]["reason"]) for line in inbox] == [
        (f"appointment.{action}", "echo") for action in ("cancel", "reschedule", "book")
    ]


async def test_sessions_rotate_and_end(live: Live, http: ClientSession) -> None:
    zhao = person(live, http)
    session = await zhao.log_in()
    assert (session["token_type"], session["resident"]["assurance"]) == ("Bearer", "wechat")

    async def refreshed(token: str) -> Any:
        return await zhao.call("POST", "/api/v1/auth/refresh", {"refresh_token": token})

    renewed = (await refreshed(session["refresh_token"])).body
    with pytest.raises(Refused, match="refresh_reused"):
        await refreshed(session["refresh_token"])
    with pytest.raises(Refused) as refused:
        await refreshed(renewed["refresh_token"])
    assert refused.value.status == 401

    await zhao.log_in()
    assert (await zhao.call("POST", "/api/v1/auth/logout", {})).status == 204
    with pytest.raises(Refused, match="401"):
        await zhao.get("/api/v1/me")


async def test_the_clock_adds_up_for_an_outsider(live: Live, http: ClientSession) -> None:
    sun = person(live, http)
    await sun.register()
    case = await sun.apply(ITEM)
    before = await sun.get(f"/api/v1/cases/{case['id']}/clock")
    assert before["promised"]["lines"] == []
    clerk = person(live, http, "clerk")
    await clerk.log_in(staff=True)
    accepted = await clerk.act(case["id"], "accept")

    clocks = await sun.get(f"/api/v1/cases/{case['id']}/clock")
    assert clocks["promised"]["due_at"] == accepted["due"]["promised"]
    checked = [recomputed(clock) for clock in clocks.values() if clock["due_at"]]
    assert True in checked


def recomputed(clock: dict[str, Any]) -> bool:
    """Whether the lines, read one after the other, lead from the start to the due date."""
    started = datetime.fromisoformat(clock["started_at"]).date()
    due = datetime.fromisoformat(clock["due_at"]).date()
    expected, counted = started, 0
    for line in clock["lines"]:
        first, last = date.fromisoformat(line["from"]), date.fromisoformat(line["to"])
        if line["kind"] == "notice":
            continue
        assert first == expected, line
        length = (last - first).days + 1
        assert line["days"] in {0, length}, line
        if line["kind"] == "weekend":
            assert all(day.weekday() >= 5 for day in days(first, last)), line
        if line["kind"] == "working":
            assert all(day.weekday() < 5 for day in days(first, last)), line
        assert (line["days"] == 0) == (line["kind"] in {"start", "weekend", "holiday", "moved"})
        assert line["text"]
        counted += line["days"]
        expected = last + timedelta(days=1)
    assert expected == due + timedelta(days=1)
    assert counted == clock["limit_days"]
    assert clock["due_at"].endswith("23:59:59+08:00")
    return True


def days(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
