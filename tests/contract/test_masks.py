"""What is masked is shown to no member of staff on any route, unless the access log says so."""

import asyncio
import secrets
from datetime import date
from typing import Any

from aiohttp import ClientSession

from backend.http.guard import Guard
from sandbox.actors import id_number
from sandbox.seed import COMMUNITY
from tests.contract.declared import named, specs
from tests.contract.home import Home, a_home, tried
from tests.contract.rows import records
from tests.live import Live
from tests.people import Person, on_duty, person

NAME, ITEM = "欧阳素芬", "SP-MZ-001"
ROLES = ("clerk", "reviewer", "approver", "supervisor", "admin")
# These end the caller's session, or begin one.
OF_SESSIONS = {"staff_log_out", "end_staff_session", "end_other_staff_sessions", "end_session"}


async def somebody(live: Live, http: ClientSession) -> tuple[Person, list[str]]:
    """A resident with a case, and what of it is masked for others."""
    owner, number = person(live, http), id_number(born=date(1931, 5, 6))
    await owner.show_phone()
    await owner.post("/api/v1/me/real-name", {"name": NAME, "id_number": number})
    await owner.call("PUT", "/api/v1/me", {"community_code": COMMUNITY})
    case = await owner.apply(ITEM)
    form = case["form"]
    return owner, [NAME, number, form["applicant"]["phone"], form["bank_account"]["number"]]


async def a_masked_home(live: Live, http: ClientSession, foreign: list[str]) -> Home:
    home = await a_home(live, http, foreign[:1])
    owner, home.marks = await somebody(live, http)
    [case] = (await owner.get("/api/v1/cases"))["items"]
    whole = await owner.get(f"/api/v1/cases/{case['id']}")
    home.ids |= {"case_id": case["id"], "file_id": whole["materials"][0]["file_id"]}
    listed = await home.clerk.get("/api/v1/staff/tasks?limit=100")
    task = next(task for task in listed["items"] if task["case"]["id"] == case["id"])
    home.ids["task_id"] = task["id"]
    return home


async def test_no_staff_route_shows_what_is_masked_without_a_row_in_the_log(
    live: Live, http: ClientSession, foreign_staff: list[str]
) -> None:
    home = await a_masked_home(live, http, foreign_staff)
    everybody = [await on_duty(live, http, role) for role in ROLES] + home.foreigners
    walked = [
        spec
        for spec in specs()
        if spec.guard is Guard.STAFF and not spec.multipart and spec.name not in OF_SESSIONS
    ]
    # Looking comes before acting, which changes what there is to see.
    walked.sort(key=lambda spec: (spec.method != "GET", not spec.path.endswith("/reveal")))
    opened: set[str] = set()
    for spec in walked:
        asked = (tried(spec, who, home, http=http, live=live) for who in everybody)
        for who, heard in zip(everybody, await asyncio.gather(*asked), strict=True):
            if [mark for mark in home.marks if mark in str(heard.body)]:
                rows = await records(live, heard.headers["X-Request-ID"])
                assert [row["action"] for row in rows] == ["reveal"], (named(spec), who.user)
                opened.add(who.user)

    assert len(walked) > 25
    assert opened == {"clerk"}


async def test_the_resident_reads_who_looked_and_what_for(
    live: Live, http: ClientSession, foreign_staff: list[str]
) -> None:
    owner, marks = await somebody_else(live, http)
    [case] = (await owner.get("/api/v1/cases"))["items"]
    clerk = await on_duty(live, http, "clerk")
    path = f"/api/v1/staff/cases/{case['id']}"
    await clerk.get(path)
    fields = ["applicant.phone", "applicant.id_number", "form.bank_account.number"]

    opened = await clerk.post(f"{path}/reveal", {"fields": fields, "purpose": "check"})

    assert set(opened["values"].values()) <= set(marks)
    looks = (await owner.get(f"/api/v1/cases/{case['id']}/accesses"))["items"]
    assert [(look["what"], look["purpose"], look["role"]) for look in looks] == [
        ("reveal", "check", "clerk"),
        ("open_case", None, "clerk"),
    ]
    assert looks[0]["fields"] == sorted(fields)
    assert looks[0]["unit"]["code"] == COMMUNITY
    assert not [mark for mark in marks if mark in str(looks)]
    first = await owner.get(f"/api/v1/cases/{case['id']}/accesses?limit=1")
    second = await owner.get(
        f"/api/v1/cases/{case['id']}/accesses?limit=1&cursor={first['next_cursor']}"
    )
    assert [*first["items"], *second["items"]] == looks
    paper = await clerk.post(f"{path}/papers", {"kind": "receipt"})
    async with http.get(paper["url"]) as printed:
        assert printed.status == 200
    looks = (await owner.get(f"/api/v1/cases/{case['id']}/accesses"))["items"]
    assert [look["what"] for look in looks[:2]] == ["open_file", "issue_paper"]
    assert [look["unit"]["code"] for look in looks[:2]] == [COMMUNITY] * 2
    supervisor = await on_duty(live, http, "supervisor")
    days = (await supervisor.get("/api/v1/staff/figures/accesses?days=1"))["items"]
    [day] = [each for each in days if each["unit"]["code"] == COMMUNITY]
    assert day["reveals"] >= 1
    assert set(day) == {
        *("day", "unit", "reveals", "searches", "usual_reveals", "usual_searches", "unusual")
    }


async def somebody_else(live: Live, http: ClientSession) -> tuple[Person, list[str]]:
    owner: Person = person(live, http, f"looked-at-{secrets.token_hex(4)}")
    await owner.register()
    case: dict[str, Any] = await owner.apply(ITEM)
    form = case["form"]
    applicant = form["applicant"]
    return owner, [applicant["id_number"], applicant["phone"], form["bank_account"]["number"]]
