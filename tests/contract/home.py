"""A resident with one of everything, and those who must see none of it."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession

from backend.http.guard import Guard
from backend.http.spec import Spec
from config import clock
from config.clock import city_day
from sandbox.handed_in import photo
from sandbox.seed import COMMUNITY
from tests import answers
from tests.contract.asking import Ask, Heard
from tests.contract.declared import PARAMETER, path_of
from tests.filler import fill
from tests.live import Live
from tests.people import Person, on_duty, person

ITEM = "SP-MZ-001"
# What a description alone does not tell: a sound number, or one way of several.
BODIES: dict[str, Any] = {
    "/api/v1/staff/persons/_find": {"phone": "13800138000", "purpose": "intake"},
    "/api/v1/me/mandates": {
        "unit_code": COMMUNITY,
        "items": "all",
        "rights": ["read"],
        "until": str(city_day(clock.now())),
    },
    "/api/v1/mandates/accept": {"code": "000000"},
    "/api/v1/me/family": {"phone": "13800138001"},
    "/api/v1/family/accept": {"code": "000000"},
    "/api/v1/subscriptions": {"results": {"a template that is none": "reject"}},
    "/api/v1/staff/persons": {
        "name": "王秀英",
        "id_number": "11010519491231002X",
        "community_code": COMMUNITY,
        "checked": "id_card",
    },
}


@dataclass
class Home:
    """A resident with one of everything, her community's clerk, and people who must see none."""

    owner: Person
    clerk: Person
    admin: Person
    stranger: Person
    foreigners: list[Person]
    ids: dict[str, str]
    marks: list[str]

    def token(self, guard: Guard) -> str:
        """That of whom a route of this guard serves; empty where it asks for none."""
        who = {Guard.RESIDENT: self.owner, Guard.STAFF: self.clerk, Guard.ADMIN: self.admin}
        return who[guard].token if guard in who else ""


async def a_home(live: Live, http: ClientSession, foreign_staff: list[str]) -> Home:
    """Everybody registered and logged in, with what belongs to the resident filed."""
    owner, stranger = person(live, http), person(live, http)
    await owner.register()
    await stranger.register()
    file_id = await owner.upload("paper.jpg", photo("white"), "image/jpeg")
    case = await owner.post("/api/v1/cases", await owner.application(ITEM, file_id=file_id))
    slot = (await owner.slots())[0]
    office = (await owner.get(f"/api/v1/offices?community={COMMUNITY}"))["items"][0]
    appointment = await owner.post("/api/v1/appointments", {"slot_id": slot["id"]})
    message = (await owner.get("/api/v1/messages"))["items"][0]
    draft = str(uuid4())
    await owner.call("PUT", f"/api/v1/drafts/{draft}", {"item_code": ITEM})
    clerk = person(live, http, "clerk")
    await clerk.log_in(staff=True)
    listed = await clerk.get("/api/v1/staff/tasks?limit=100")
    task = next(task for task in listed["items"] if task["case"]["id"] == case["id"])
    # Another login of the clerk's, which may end.
    elsewhere = person(live, http, "clerk")
    await elsewhere.log_in(staff=True)
    logins = await elsewhere.get("/api/v1/staff/me/sessions")
    paper = await owner.post(f"/api/v1/cases/{case['id']}/papers", {"kind": "receipt"})
    signed, mandate = await _mandate(clerk, owner)
    foreigners = [person(live, http, name) for name in foreign_staff]
    for foreigner in foreigners:
        await foreigner.log_in(staff=True)
    return Home(
        owner=owner,
        clerk=clerk,
        admin=await on_duty(live, http, "admin"),
        stranger=stranger,
        foreigners=foreigners,
        ids={
            "case_id": case["id"],
            "file_id": file_id,
            "appointment_id": appointment["id"],
            "office_id": office["id"],
            "message_id": message["id"],
            "mandate_id": mandate["id"],
            "signed_id": signed["file_id"],
            "person_id": signed["principal_id"],
            "draft_id": draft,
            "task_id": task["id"],
            "staff_id": (await clerk.get("/api/v1/staff/me"))["id"],
            "post_id": str(uuid4()),
            "code": ITEM,
            "day": "2099-01-01",
            "session_id": next(login["id"] for login in logins["items"] if login["this"]),
            "paper_id": paper["id"],
            "absence_id": await _absence(clerk),
            "filter_id": await _filter(clerk),
            "family_id": (await owner.post("/api/v1/me/family", BODIES["/api/v1/me/family"]))["id"],
        },
        marks=[case["id"], case["number"], file_id, appointment["id"], task["id"], draft],
    )


async def _mandate(clerk: Person, owner: Person) -> tuple[dict[str, Any], Any]:
    """One that the owner signed at the clerk's window, and as it was asked for."""
    sought = {"id_number": owner.id_number, "purpose": "intake"}
    found = (await clerk.post("/api/v1/staff/persons/_find", sought))["items"][0]
    scans = "/api/v1/staff/files"
    photo_id = await clerk.upload("signed.jpg", photo("white"), "image/jpeg", path=scans)
    signed = {
        "principal_id": found["id"],
        "agent_unit_code": COMMUNITY,
        "items": "all",
        "rights": ["read"],
        "until": str(city_day(clock.now())),
        "basis": "paper",
        "file_id": photo_id,
    }
    return signed, await clerk.post("/api/v1/staff/mandates", signed)


async def _absence(clerk: Person) -> str:
    """One of the clerk's, on a day of which others know nothing."""
    day = str(city_day(clock.now()) + timedelta(days=secrets.randbelow(1_000_000)))
    declared = {"from": day, "to": day, "reason": "调休"}
    return str((await clerk.post("/api/v1/staff/absences", declared))["id"])


async def _filter(clerk: Person) -> str:
    """One that the clerk keeps."""
    kept = {"name": secrets.token_hex(8), "light": "red"}
    return str((await clerk.post("/api/v1/staff/filters", kept))["id"])


async def tried(spec: Spec, who: Person, home: Home, *, http: ClientSession, live: Live) -> Heard:
    """A well-formed call of the route for the resources of home."""
    missing = set(PARAMETER.findall(spec.path)) - home.ids.keys()
    assert not missing, f"say in `home` what {missing} is"
    path = path_of(spec, home.ids)
    return await Ask(
        method=spec.method,
        path=path,
        body=body_of(live, spec.method, path),
        token=who.token,
        headers={"If-Match": '"1"', "Idempotency-Key": secrets.token_hex(8)},
    ).of(http, live)


def body_of(live: Live, method: str, path: str) -> Any:
    """A body that the route's own description takes."""
    if path in BODIES:
        return BODIES[path]
    if path.endswith("/reveal"):
        return {"fields": ["applicant.name"], "purpose": "contact"}
    document = answers.described(live.api)
    operation = answers.operation_of(document, method, path) or {}
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return fill(content["schema"], document) if content else None
