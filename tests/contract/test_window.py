"""A window serves an old lady without a phone; afterwards all of it is hers."""

import asyncio
from typing import Any

from aiohttp import ClientSession

from sandbox.actors import Refused, id_number
from sandbox.handed_in import photo
from sandbox.seed import COMMUNITY
from tests.backend.papers import printed
from tests.contract.at_window import BIRTHDAYS, NAME, PERSONS, refusal, taken_in
from tests.contract.at_window import window as window
from tests.live import Live
from tests.people import Person, filled, on_duty, person

ITEM = "SP-MZ-001"
CASES = "/api/v1/staff/cases"


async def application(by: Person, person_id: str, **changes: Any) -> dict[str, Any]:
    item = await by.get(f"/api/v1/items/{ITEM}")
    paper, signed = [
        await by.upload(name, photo(colour), "image/jpeg", path="/api/v1/staff/files")
        for name, colour in (("paper.jpg", "white"), ("consent.jpg", "black"))
    ]
    return {
        **filled(item, paper),
        "person_id": person_id,
        "consent": {"kind": "signature", "file_id": signed},
        "agent": {"name": "王芳", "relation": "child", "phone": "13900000006"},
        **changes,
    }


async def listed(by: Person, scope: str) -> list[str]:
    return [case["id"] for case in (await by.get(f"{CASES}?scope={scope}&limit=100"))["items"]]


async def test_an_old_lady_is_filed_in_two_calls_and_all_is_hers_once_she_has_a_phone(
    live: Live, http: ClientSession, window: Person
) -> None:
    number = id_number(born=next(BIRTHDAYS))
    lady = await taken_in(window, number)
    assert (lady["name_masked"], lady["accounts"], lady["open_cases"]) == ("李*兰", 0, 0)
    assert lady["community"]["code"] == COMMUNITY

    handed_in = await application(window, lady["id"])
    photographed = f"/api/v1/staff/files/{handed_in['consent']['file_id']}"
    async with http.get((await window.get(photographed))["url"]) as seen:
        assert seen.status == 200
    clerk = await on_duty(live, http, "clerk")
    assert await refusal(clerk.get(photographed)) == (404, "file_not_found")

    case = await window.post(CASES, handed_in)

    # It is hers from now on, and opened with her case.
    assert await refusal(window.get(photographed)) == (404, "file_not_found")
    places = (case["received_unit"]["code"], case["holder"]["code"])
    assert places == ((await window.get("/api/v1/staff/me"))["posts"][0]["unit"]["code"], COMMUNITY)
    assert (case["filed_by"], case["applicant"]["name_masked"]) == ("staff", "李*兰")
    # She lives elsewhere: the window is told how far it is, and no more.
    assert case["form"] == {}
    assert case["intake"]["agent"] == {
        "name_masked": "*芳",
        "relation": "child",
        "phone_masked": "139******06",
        "id_number_masked": None,
    }
    again = (await window.post(f"{PERSONS}/_find", {"id_number": number, "purpose": "progress"}))[
        "items"
    ]
    assert [(each["id"], each["open_cases"]) for each in again] == [(lady["id"], 1)]
    path = f"{CASES}/{case['id']}"
    whole = await clerk.get(path)
    assert whole["form"]["applicant"]["name"] == "李*兰"
    consent = whole["intake"]["consent_file_id"]
    assert (await clerk.get(f"{path}/files/{consent}"))["media_type"] == "image/jpeg"

    account = person(live, http)
    await account.log_in()
    assert (await account.get("/api/v1/cases"))["items"] == []
    await account.post("/api/v1/me/real-name", {"name": NAME, "id_number": number})

    [mine] = (await account.get("/api/v1/cases"))["items"]
    shown = await account.get(f"/api/v1/cases/{mine['id']}")
    assert shown["received_unit"]["name"] in shown["timeline"][0]["text"]
    assert shown["timeline"][0]["text"].startswith(shown["received_unit"]["name"])
    papers = (await account.get("/api/v1/me/files"))["items"]
    assert {paper["id"] for paper in papers} >= {consent, shown["materials"][0]["file_id"]}
    assert (await account.get(f"/api/v1/files/{consent}"))["url"]
    # Whoever looked before there was an account is told as well, page by page.
    looks = (await account.get("/api/v1/me/accesses"))["items"]
    assert [(look["what"], look["purpose"], look["case_id"]) for look in looks] == [
        ("link_file", None, mine["id"]),
        ("open_case", None, mine["id"]),
        ("search_persons", "progress", None),
        ("take_in_person", None, None),
    ]
    assert [look["unit"]["code"] for look in looks] == [COMMUNITY] * 2 + [places[0]] * 2
    first = await account.get("/api/v1/me/accesses?limit=3")
    second = await account.get(f"/api/v1/me/accesses?limit=3&cursor={first['next_cursor']}")
    assert [*first["items"], *second["items"]] == looks
    # The window calls whoever came; of a number that nobody gave there is nothing to open.
    asked = {"fields": ["agent.name", "agent.phone"], "purpose": "contact"}
    shown = await window.post(f"{path}/reveal", asked)
    assert shown["values"] == {"agent.name": "王芳", "agent.phone": "13900000006"}
    asked["fields"] = ["agent.id_number"]
    assert await refusal(window.post(f"{path}/reveal", asked)) == (422, "fields_unknown")
    await clerk.act(case["id"], "accept")
    # What was told before there was an account is read as well.
    told = (await account.get("/api/v1/messages"))["items"]
    assert [each["kind"] for each in told] == ["case.accept", "case.submit_at_window"]
    assert await refusal(account.post("/api/v1/cases", await account.application(ITEM))) == (
        409,
        "case_already_open",
    )


async def test_the_window_that_filed_it_sees_how_far_it_is_and_hands_it_out(
    live: Live, http: ClientSession, window: Person
) -> None:
    number = id_number(born=next(BIRTHDAYS))
    lady = await taken_in(window, number)
    case = await window.post(CASES, await application(window, lady["id"]))
    path = f"{CASES}/{case['id']}"
    clerk, reviewer, approver = [
        await on_duty(live, http, name) for name in ("clerk", "reviewer", "approver")
    ]
    await clerk.act(case["id"], "notes", {"text": "家里有老人"})
    await clerk.act(case["id"], "accept")

    assert case["id"] in await listed(window, "received")
    assert case["id"] not in await listed(window, "covered")
    seen = await window.get(path)
    assert (seen["form"], seen["task"], seen["actions"]) == ({}, None, ["withdraw"])
    assert "家里有老人" not in str(seen)
    assert [moment["action"] for moment in seen["timeline"]] == ["submit", "accept"]
    paper = seen["materials"][0]["file_id"]
    assert (await refusal(window.get(f"{path}/files/{paper}")))[0] == 404
    assert await refusal(window.post(f"{path}/pass", {"opinion": "好"}, version=2)) == (
        403,
        "not_your_unit",
    )
    for by, act, body in (
        (clerk, "pass", {"opinion": "同意"}),
        (reviewer, "pass", {"opinion": "同意"}),
        (approver, "decide", {"outcome": "approved", "opinion": "符合"}),
    ):
        await by.act(case["id"], act, body)
    assert (await window.get(path))["actions"] == ["deliver"]
    assert await refusal(window.act(case["id"], "deliver", {"method": "post"})) == (
        403,
        "pickup_only",
    )
    await clerk.post(f"{path}/papers", {"kind": "acceptance"})
    handed = await window.act(case["id"], "deliver", {"method": "pickup"})
    assert (handed["status"], handed["actions"]) == ("delivered", [])
    said = await printed_at(window, f"{path}/papers", http)
    await approver.act(case["id"], "close", {})
    for gone in (path, f"{path}/papers"):
        assert await refusal(window.get(gone)) == (404, "case_not_found")
    assert case["id"] not in await listed(window, "received")

    assert "沈阳市和平区民政局准予" in said["decision"]
    served = said["proof_of_service"]
    assert "沈阳市沈河区" in served
    assert "（向沈阳市和平区人民政府提出）" in served
    account = person(live, http)
    await account.log_in()
    await account.post("/api/v1/me/real-name", {"name": NAME, "id_number": number})
    looks = (await account.get("/api/v1/me/accesses?limit=100"))["items"]
    here = [look["what"] for look in looks if look["unit"]["code"] == case["received_unit"]["code"]]
    assert [here.count(act) for act in ("issue_paper", "open_file", "list_papers")] == [3, 3, 1]


async def printed_at(window: Person, papers: str, http: ClientSession) -> dict[str, str]:
    """What a window hands out on paper, by its kind: no other kinds."""
    assert await refusal(window.post(papers, {"kind": "acceptance"})) == (403, "not_your_unit")
    said = {}
    for kind in ("receipt", "decision", "proof_of_service"):
        made = await window.post(papers, {"kind": kind})
        async with http.get(made["url"]) as opened:
            said[kind] = printed.text(await opened.read())
    listed = (await window.get(papers))["items"]
    assert {each["kind"] for each in listed} == said.keys()
    return said


async def test_rivals_over_http_make_one_person_and_one_case(
    live: Live, http: ClientSession, window: Person
) -> None:
    number, clerk = id_number(born=next(BIRTHDAYS)), await on_duty(live, http, "clerk")

    ladies = await asyncio.gather(*(taken_in(by, number) for by in [window, clerk] * 4))

    assert len({lady["id"] for lady in ladies}) == 1
    account = person(live, http)
    await account.show_phone()
    await account.post("/api/v1/me/real-name", {"name": NAME, "id_number": number})
    await account.call("PUT", "/api/v1/me", {"community_code": COMMUNITY})
    own = await account.application(ITEM)
    there, here = [await application(by, ladies[0]["id"]) for by in (window, clerk)]
    filed = [account.post("/api/v1/cases", own) for _ in range(3)]
    filed += [window.post(CASES, there) for _ in range(3)]
    filed += [clerk.post(CASES, here) for _ in range(3)]
    outcomes = await asyncio.gather(*filed, return_exceptions=True)
    refused = [each for each in outcomes if isinstance(each, Refused)]
    # Who files the same scan twice may hear that it is the lady's already.
    assert {each.code for each in refused} <= {"case_already_open", "file_unknown"}
    assert len(refused) == len(outcomes) - 1
    assert len((await account.get("/api/v1/cases"))["items"]) == 1


async def test_what_a_window_may_not_or_cannot_is_refused(
    live: Live, http: ClientSession, window: Person
) -> None:
    number = id_number(born=next(BIRTHDAYS))
    lady = await taken_in(window, number)
    body = await application(window, lady["id"])
    supervisor = await on_duty(live, http, "supervisor")

    table = [
        (taken_in(window, number, name="李兰"), 409, "person_differs"),
        (taken_in(window, number[:-1] + ("0" if number[-1] != "0" else "1")), 422, ""),
        (taken_in(supervisor, number), 403, "window_missing"),
        (window.post(f"{PERSONS}/_find", {"phone": "139", "purpose": "intake"}), 422, ""),
        (window.post(f"{PERSONS}/_find", {"phone": "13900000005"}), 422, "body_invalid"),
        (
            window.post(f"{PERSONS}/_find", {"phone": "13900000005", "purpose": "curiosity"}),
            422,
            "body_invalid",
        ),
        (supervisor.post(CASES, body), 403, "window_missing"),
        (window.post(CASES, body | {"consent": {"kind": "paper"}}), 422, "consent_file_missing"),
        (window.post(CASES, body | {"item_code": "FW-GA-003"}), 422, "item_booked_only"),
        (window.post(CASES, body | {"person_id": COMMUNITY}), 422, "body_invalid"),
    ]
    for work, status, code in table:
        told = await refusal(work)
        assert told[0] == status
        assert told[1] == code or not code
