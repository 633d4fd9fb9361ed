"""What people write, are called and can be reached by is nowhere in the stores in clear."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date

from aiohttp import ClientSession
from redis.asyncio import Redis  # noqa: TID251 - the running system's, not our own

from config import database
from config.embedded import valkey
from config.settings import settings
from sandbox.actors import id_number
from sandbox.handed_in import photo
from sandbox.seed import COMMUNITY, NAMES
from sandbox.users import create
from tests import stage
from tests.live import Live
from tests.people import Person, on_duty, person
from tests.stage import Kind

ITEM = "SP-MZ-001"
# What may stand in clear, and why; docs/decisions.md says the same.
IN_CLEAR = {
    # The log is read by an inspector, who has no data keys; it is about work, not about a person.
    ("access_log.purpose", "why a colleague's task is released"),
}

# All that can hold a text: numbers, times and ids cannot.
_COLUMNS = """
SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND a.attnum > 0 AND NOT a.attisdropped
  AND t.typcategory NOT IN ('B', 'D', 'N', 'T') AND t.typname <> 'uuid'
ORDER BY c.relname, a.attnum
"""


@dataclass
class Canaries:
    """Texts that occur nowhere else, by what they are."""

    texts: dict[str, str] = field(default_factory=dict)

    def new(self, what: str) -> str:
        """A text to be written once."""
        return self.known(what, f"canary-{secrets.token_hex(8)}")

    def known(self, what: str, text: str) -> str:
        """Look for this text too."""
        self.texts[what] = text
        return text

    def within(self, content: str) -> set[str]:
        """What of it stands in this content, as text, as bytes in hexadecimal, or hashed.

        A hash that needs no key tells what has few possible values, such as a phone.
        """
        return {
            what
            for what, text in self.texts.items()
            for form in (text, text.encode().hex(), *_hashes(text))
            if form in content
        }


def _hashes(text: str) -> list[str]:
    return [hashlib.new(kind, text.encode()).hexdigest() for kind in ("md5", "sha1", "sha256")]


async def test_nothing_that_people_write_or_are_is_kept_in_clear(
    live: Live, http: ClientSession
) -> None:
    canaries = Canaries()
    resident = person(live, http)
    await introduced(resident, canaries)
    await decided(live, http, resident, canaries)
    await ended_early(live, http, resident, canaries)
    await booked_and_cancelled(resident, canaries)
    await searched(live, http, canaries)

    kept = await in_tables(canaries) | await in_redis(canaries)

    assert kept == IN_CLEAR


async def introduced(resident: Person, canaries: Canaries) -> None:
    """The resident becomes known by account, phone, name, number and address."""
    await resident.show_phone()
    account = create(resident.user, settings().wechat_appid)
    canaries.known("openid", account.openid)
    canaries.known("unionid", account.unionid)
    canaries.known("phone", account.phone)
    name = canaries.known("name", "Wang " + "".join(secrets.choice("abcdefgh") for _ in range(16)))
    number = canaries.known("ID number", id_number(born=date(1931, 1, 1)))
    await resident.post("/api/v1/me/real-name", {"name": name, "id_number": number})
    address = {"community_code": COMMUNITY, "address": canaries.new("address")}
    await resident.call("PUT", "/api/v1/me", address)
    for user in ("clerk", "reviewer", "approver", "supervisor"):
        openid = create(user, settings().wechat_appid).openid
        canaries.known(f"openid of the {user}", openid)
        canaries.known(f"name of the {user}", NAMES[user])


async def decided(live: Live, http: ClientSession, resident: Person, canaries: Canaries) -> None:
    """A case goes the long way, and everybody says what can be said."""
    new = canaries.new
    file = await resident.upload(f"{new('file name')}.jpg", photo("white"), "image/jpeg")
    body = await resident.application(ITEM, file_id=file)
    body["form"]["reason"] = new("form")
    case = await resident.post("/api/v1/cases", body, key=new("key"))
    paper = case["materials"][0]["code"]
    clerk, reviewer, approver, supervisor = [
        await on_duty(live, http, name) for name in ("clerk", "reviewer", "approver", "supervisor")
    ]
    tasks = (await clerk.get("/api/v1/staff/tasks?limit=100"))["items"]
    task = next(task["id"] for task in tasks if task["case"]["id"] == case["id"])
    await clerk.post(f"/api/v1/staff/tasks/{task}/claim")
    released = {"reason": new("why a colleague's task is released")}
    await supervisor.post(f"/api/v1/staff/tasks/{task}/release", released)

    for more in ({}, {"override_reason": new("reason for asking again")}):
        asked = {"material_code": paper, "reason": new(f"defect {len(more)}")}
        field_asked = {"field": "reason", "reason": new(f"defect of a field {len(more)}")}
        notice = {"defects": [asked, field_asked], "note": new(f"note of a notice {len(more)}")}
        await clerk.act(case["id"], "supplement-requests", notice | more)
        # While the notice is open: it goes with the answer.
        assert await in_tables(canaries) <= IN_CLEAR
        answer = {"materials": [{"material_code": paper, "file_id": file}], "form": body["form"]}
        await resident.post(f"/api/v1/cases/{case['id']}/supplement", answer)
    await clerk.act(case["id"], "accept", {"note": new("note of acceptance")})
    await clerk.act(case["id"], "pass", {"opinion": new("opinion")})
    await reviewer.act(case["id"], "return", {"to_step": 1, "reason": new("reason of a return")})
    await clerk.act(case["id"], "pass", {"opinion": new("second opinion")})
    await reviewer.act(case["id"], "pass", {"opinion": new("opinion of the review")})
    denial = {"outcome": "denied", "opinion": new("reason of denial")}
    await approver.act(case["id"], "decide", denial)
    await approver.act(case["id"], "deliver", {"method": "pickup", "note": new("note of delivery")})
    await approver.act(case["id"], "close")


async def ended_early(
    live: Live, http: ClientSession, resident: Person, canaries: Canaries
) -> None:
    """One application is declined, one withdrawn."""
    clerk = await on_duty(live, http, "clerk")
    declined = await resident.apply(ITEM)
    refusal = {"reason": canaries.new("reason of declining"), "go_to": canaries.new("where to go")}
    await clerk.act(declined["id"], "decline", refusal)
    withdrawn = await resident.apply(ITEM)
    reason = {"reason": canaries.new("reason of withdrawal")}
    await resident.post(f"/api/v1/cases/{withdrawn['id']}/withdraw", reason)


async def booked_and_cancelled(resident: Person, canaries: Canaries) -> None:
    """A seat is taken and given back."""
    slot = (await resident.slots())[0]
    booked = await resident.post("/api/v1/appointments", {"slot_id": slot["id"]})
    reason = {"reason": canaries.new("reason of cancelling")}
    await resident.post(f"/api/v1/appointments/{booked['id']}/cancel", reason)


async def searched(live: Live, http: ClientSession, canaries: Canaries) -> None:
    """Staff look for the person by what is written on their card."""
    clerk = await on_duty(live, http, "clerk")
    for what in ("phone", "ID number"):
        found = await clerk.get(f"/api/v1/staff/cases?q={canaries.texts[what]}")
        assert found["items"]


async def in_tables(canaries: Canaries) -> set[tuple[str, str]]:
    """Every `table.column` in which a canary stands, with what it is."""
    found: set[tuple[str, str]] = set()
    connection = await database.single(stage.owner_url(f"{Kind.DEMO}_{stage.WORKER}"))
    try:
        for column in await connection.fetch(_COLUMNS):
            place = f'"{column["column"]}"'
            text = f"encode({place}, 'hex')" if column["type"] == "bytea" else f"{place}::text"
            content = await connection.fetchval(
                f'SELECT string_agg({text}, chr(10)) FROM "{column["table"]}"'
            )
            named = f"{column['table']}.{column['column']}"
            found |= {(named, what) for what in canaries.within(content or "")}
    finally:
        await connection.close()
    return found


async def in_redis(canaries: Canaries) -> set[tuple[str, str]]:
    """Every key of Redis in which, or in whose value, a canary stands."""
    redis = Redis.from_url(valkey.url(stage.RUN_DIR, valkey.DATABASES - 1 - stage.number()))
    found: set[tuple[str, str]] = set()
    async with redis:
        for key in [key async for key in redis.scan_iter()]:
            content = f"{key!r} {await redis.dump(key)!r}"
            found |= {(str(key), what) for what in canaries.within(content)}
    return found
