"""Those who send bad input, and what they would send if it were good."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import ClientSession

from sandbox.handed_in import photo
from tests.contract.asking import Ask
from tests.live import Live
from tests.people import Person, person

ITEM, OTHER_ITEM = "SP-MZ-001", "SP-MZ-002"
CASES, STAFF_CASES = "/api/v1/cases", "/api/v1/staff/cases"


@dataclass
class Scene:
    """A resident with a case and an appointment, a second one, and the clerk of both."""

    owner: Person
    other: Person
    newcomer: Person
    clerk: Person
    case: dict[str, Any]
    withdrawn: dict[str, Any]
    application: dict[str, Any]
    foreign_file: str
    appointment: dict[str, Any]
    other_slot: str
    used_code: str
    office: str


async def a_scene(live: Live, http: ClientSession) -> Scene:
    """Everybody registered, with cases and an appointment filed."""
    owner, other, newcomer = (person(live, http) for _ in range(3))
    await owner.register()
    await other.register()
    await newcomer.log_in()
    clerk = person(live, http, "clerk")
    await clerk.log_in(staff=True)
    case = await owner.apply(ITEM)
    withdrawn = await other.apply(ITEM)
    await other.post(f"{CASES}/{withdrawn['id']}/withdraw")
    slots = await owner.slots(least=3)
    offices = await owner.get("/api/v1/offices")
    used = await owner.code("login")
    await person(live, http).call("POST", "/api/v1/auth/wechat", {"code": used})
    return Scene(
        owner=owner,
        other=other,
        newcomer=newcomer,
        clerk=clerk,
        case=case,
        withdrawn=withdrawn,
        application=await owner.application(OTHER_ITEM),
        foreign_file=await other.upload("paper.jpg", photo("white"), "image/jpeg"),
        appointment=await owner.post("/api/v1/appointments", {"slot_id": slots[0]["id"]}),
        other_slot=slots[1]["id"],
        used_code=used,
        office=offices["items"][0]["id"],
    )


def submit(scene: Scene, **changes: Any) -> Ask:
    """A submission that is good but for the changes."""
    return keyed(Ask(path=CASES, body=scene.application | changes, token=scene.owner.token))


def keyed(ask: Ask) -> Ask:
    """The same with a fresh Idempotency-Key."""
    return replace(ask, headers=ask.headers | {"Idempotency-Key": secrets.token_hex(8)})


def raw(scene: Scene, body: bytes) -> Ask:
    """A submission with this body."""
    return keyed(Ask(path=CASES, raw=body, token=scene.owner.token))


def same(scene: Scene) -> dict[str, Any]:
    """The form and papers of the case that is open."""
    papers = [
        {"material_code": paper["code"], "file_id": paper["file_id"]}
        for paper in scene.case["materials"]
    ]
    return {"form": scene.case["form"], "materials": papers}


def act(scene: Scene, action: str, if_match: str | None, **body: Any) -> Ask:
    """A clerk's action with this If-Match."""
    headers = {} if if_match is None else {"If-Match": if_match}
    path = f"{STAFF_CASES}/{scene.case['id']}/{action}"
    return Ask(path=path, body=body, token=scene.clerk.token, headers=headers)


def look(scene: Scene, path: str) -> Ask:
    """The owner looks at a path."""
    return Ask(method="GET", path=path, token=scene.owner.token)


def me(scene: Scene, path: str, **body: Any) -> Ask:
    """The owner states something of herself."""
    return Ask(path=f"/api/v1/me/{path}", body=body, token=scene.owner.token)


def book(scene: Scene, **body: Any) -> Ask:
    """The owner books."""
    return keyed(Ask(path="/api/v1/appointments", body=body, token=scene.owner.token))


def slots(scene: Scene, day: str) -> Ask:
    """The owner asks what is free on a day."""
    return look(scene, f"/api/v1/offices/{scene.office}/slots?date={day}")


def nested(depth: int) -> bytes:
    """A form of lists in lists."""
    return b'{"item_code": "x", "form": {"a": ' + b"[" * depth + b"]" * depth + b"}}"
