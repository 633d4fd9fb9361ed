"""The other ways a case can end, and what a careful client relies on besides."""

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused
from sandbox.handed_in import photo
from tests.live import Live
from tests.people import Person, on_duty, person

ITEM = "SP-MZ-001"


@pytest.fixture
async def zhou(live: Live, http: ClientSession) -> Person:
    resident = person(live, http)
    await resident.register()
    return resident


async def last_title(who: Person) -> str:
    """The newest line of the inbox."""
    return str((await who.get("/api/v1/messages?limit=1"))["items"][0]["title"])


async def test_the_applicant_withdraws_and_may_apply_again(zhou: Person) -> None:
    case = await zhou.apply(ITEM)
    with pytest.raises(Refused, match="case_already_open"):
        await zhou.apply(ITEM)
    seen = await zhou.post(f"/api/v1/cases/{case['id']}/withdraw", {"reason": "材料找不到了"})
    assert (seen["status"], seen["actions"]) == ("withdrawn", [])
    assert seen["closed_at"]
    assert await last_title(zhou) == "申请已撤回"
    assert (await zhou.apply(ITEM))["status"] == "submitted"
    listed = await zhou.get("/api/v1/cases?status=withdrawn")
    assert [found["id"] for found in listed["items"]] == [case["id"]]


async def test_it_is_declined_with_the_reason_and_where_to_go(
    zhou: Person, live: Live, http: ClientSession
) -> None:
    case = await zhou.apply(ITEM)
    clerk = await on_duty(live, http, "clerk")
    reason = {"reason": "户籍不在本市", "go_to": "户籍所在地街道"}
    assert (await clerk.act(case["id"], "decline", reason))["status"] == "declined"
    seen = await zhou.get(f"/api/v1/cases/{case['id']}")
    assert "户籍不在本市" in seen["timeline"][-1]["text"]
    assert "户籍所在地街道" in seen["timeline"][-1]["text"]
    assert await last_title(zhou) == "申请不予受理"
    with pytest.raises(Refused, match="action_not_allowed"):
        await clerk.act(case["id"], "accept")


async def test_an_approval_sends_as_many_messages_as_were_planned(
    zhou: Person, live: Live, http: ClientSession
) -> None:
    plan = await zhou.get(f"/api/v1/subscriptions/plan?purpose=submit&item={ITEM}")
    case = await zhou.apply(ITEM)
    clerk, reviewer, approver = [
        await on_duty(live, http, name) for name in ("clerk", "reviewer", "approver")
    ]
    await clerk.act(case["id"], "accept")
    for who in (clerk, reviewer):
        await who.act(case["id"], "pass", {"opinion": "同意"})
    await approver.act(case["id"], "decide", {"outcome": "approved", "opinion": "符合条件"})
    await approver.act(case["id"], "deliver", {"method": "electronic"})
    await approver.act(case["id"], "close")

    told = (await zhou.get("/api/v1/messages?limit=50"))["items"]

    # The other template is for a supplement, which was not asked for here.
    sent = [message for message in told if message["importance"] != "echo"]
    assert len(sent) == plan["templates"][0]["expected_messages"]


async def test_a_denial_tells_its_reasons(zhou: Person, live: Live, http: ClientSession) -> None:
    case = await zhou.apply(ITEM)
    clerk, reviewer, approver = [
        await on_duty(live, http, name) for name in ("clerk", "reviewer", "approver")
    ]
    await clerk.act(case["id"], "accept")
    with pytest.raises(Refused, match=r"not_your_unit|case_not_found"):
        await reviewer.act(case["id"], "pass", {"opinion": "抢办"})
    await clerk.act(case["id"], "pass", {"opinion": "同意"})
    await reviewer.act(case["id"], "pass", {"opinion": "同意"})
    with pytest.raises(Refused, match="reason_required"):
        await approver.act(case["id"], "decide", {"outcome": "denied", "opinion": " "})
    denial = {"outcome": "denied", "opinion": "收入高于标准"}
    assert (await approver.act(case["id"], "decide", denial))["status"] == "denied"
    seen = await zhou.get(f"/api/v1/cases/{case['id']}")
    assert seen["outcome"] == "denied"
    assert "收入高于标准" in seen["timeline"][-1]["text"]
    assert await last_title(zhou) == "申请未通过"
    with pytest.raises(Refused, match="action_not_allowed"):
        await zhou.post(f"/api/v1/cases/{case['id']}/withdraw")


async def test_two_clerks_cannot_decide_on_the_same_version(
    zhou: Person, live: Live, http: ClientSession
) -> None:
    case = await zhou.apply(ITEM)
    clerk = await on_duty(live, http, "clerk")
    path = f"/api/v1/staff/cases/{case['id']}"
    version = (await clerk.get(path))["version"]
    await clerk.post(f"{path}/accept", version=version)
    with pytest.raises(Refused) as refused:
        await clerk.post(f"{path}/decline", {"reason": "迟到的决定"}, version=version)
    assert (refused.value.status, refused.value.code) == (412, "version_stale")


async def test_what_is_known_is_not_sent_again(zhou: Person, http: ClientSession) -> None:
    case = await zhou.apply(ITEM)
    for path in (f"/api/v1/cases/{case['id']}", f"/api/v1/items/{ITEM}"):
        headers = {"Authorization": f"Bearer {zhou.token}"}
        async with http.get(f"{zhou.api}{path}", headers=headers) as first:
            headers["If-None-Match"] = first.headers["ETag"]
        async with http.get(f"{zhou.api}{path}", headers=headers) as again:
            assert (again.status, await again.read()) == (304, b"")


async def test_a_file_opens_by_its_link_for_whoever_has_it(
    zhou: Person, http: ClientSession
) -> None:
    file_id = await zhou.upload("户口本.jpg", photo("white"), "image/jpeg")
    shown = await zhou.get(f"/api/v1/files/{file_id}")
    assert (shown["name"], shown["media_type"]) == ("户口本.jpg", "image/jpeg")
    async with http.get(shown["url"]) as opened:
        content = await opened.read()
        assert (opened.status, len(content)) == (200, shown["size"])
        assert opened.headers["X-Content-Type-Options"] == "nosniff"
    async with http.get(shown["url"][:-3] + "AAA") as forged:
        assert forged.status in {403, 404}


async def test_a_note_is_for_staff_alone(zhou: Person, live: Live, http: ClientSession) -> None:
    case = await zhou.apply(ITEM)
    path = f"/api/v1/staff/cases/{case['id']}"
    clerk, street = await on_duty(live, http, "clerk"), await on_duty(live, http, "reviewer")
    before = await zhou.call("GET", f"/api/v1/cases/{case['id']}")

    async def tag() -> str:
        return (await clerk.call("GET", path)).headers["Etag"]

    tags = [await tag(), await tag()]

    noted = await clerk.post(f"{path}/notes", {"text": "已电话核实，申请人住院"})

    last = noted["timeline"][-1]
    assert (last["action"], last["note"]) == ("note", "已电话核实，申请人住院")
    assert {"accept", "decline", "request_supplement"} <= {*noted["actions"]}
    with pytest.raises(Refused, match="not_your_unit"):
        await street.post(f"{path}/notes", {"text": "请尽快"})
    for text in ("", " ", "很" * 501, "a\u0000b", 7, None):
        with pytest.raises(Refused, match="body_invalid"):
            await clerk.post(f"{path}/notes", {"text": text})
    seen = await zhou.call("GET", f"/api/v1/cases/{case['id']}")
    assert (seen.body, seen.headers["Etag"]) == (before.body, before.headers["Etag"])
    tags.append(await tag())
    await clerk.post(f"/api/v1/staff/tasks/{noted['task']['id']}/claim")
    tags.append(await tag())
    assert (tags[0], len({*tags})) == (tags[1], 3)
    await clerk.post(f"{path}/accept", version=case["version"])
    seen = await zhou.call("GET", f"/api/v1/cases/{case['id']}")
    assert [moment["seq"] for moment in seen.body["timeline"]] == [1, 2]
    asked = {"number": case["number"], "query_code": case["query_code"]}
    public = await zhou.post("/api/v1/public/cases/_query", asked)
    assert [moment["seq"] for moment in public["timeline"]] == [1, 2]
    assert await last_title(zhou) == "申请已受理"
