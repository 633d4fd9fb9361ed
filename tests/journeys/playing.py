"""Residents who apply and book, whatever becomes of the system meanwhile."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError

from sandbox.actors import Refused
from tests.people import Person, filled

RETRY_SECONDS = 0.1
# They stop when all parts were killed; while a part is away they wait, so this is always enough.
MOST_CASES = 60
# A message whose sending was cut off may take a consent more.
SPARE_CONSENTS = 8


@dataclass
class Resident:
    """A person and what the system said it has accepted from them; and their clerk."""

    person: Person
    clerk: Person
    cases: list[dict[str, Any]] = field(default_factory=list)
    appointments: list[dict[str, Any]] = field(default_factory=list)
    templates: set[str] = field(default_factory=set)

    async def apply(self, body: dict[str, Any]) -> None:
        """Agree to the messages and apply, until it is accepted; then it is declined, and told."""
        await self.agree()
        case = await self.insist("/api/v1/cases", body)
        self.cases.append(case)
        path = f"/api/v1/staff/cases/{case['id']}/decline"
        await insist(self.clerk, path, {"reason": "不属于受理范围"}, version=case["version"])

    async def agree(self) -> None:
        """Tap "accept" once for every template, until it is heard."""
        accepted = dict.fromkeys(self.templates, "accept")
        await self.insist("/api/v1/subscriptions", {"results": accepted})

    async def insist(self, path: str, body: dict[str, Any], *, key: str = "") -> dict[str, Any]:
        """Send it with one key until it is accepted."""
        return await insist(self.person, path, body, key=key)


async def insist(
    who: Person, path: str, body: dict[str, Any], *, key: str = "", version: int | None = None
) -> dict[str, Any]:
    """Send it with one key until it is accepted, as a careful client does."""
    key = key or secrets.token_hex(8)
    while True:
        try:
            answer: dict[str, Any] = await who.post(path, body, key=key, version=version)
        except (ClientError, TimeoutError, OSError):
            await asyncio.sleep(RETRY_SECONDS)
        except Refused as refused:
            known = refused.status == 503 or refused.code == "idempotency_key_in_flight"
            if not known:
                raise
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return answer


async def prepared(residents: list[Resident], cases: int = MOST_CASES) -> list[dict[str, Any]]:
    """Register and agree to messages; so many applications, for items that need no papers."""
    for who in residents:
        await who.person.register()
        await who.clerk.log_in(staff=True)
    await asyncio.gather(*[asked(who) for who in residents])
    return await applications(residents[0].person, cases)


async def applications(who: Person, most: int) -> list[dict[str, Any]]:
    """One for each item that needs no papers and that anybody may apply for."""
    found: list[dict[str, Any]] = []
    for listed in (await who.get("/api/v1/items?limit=100"))["items"]:
        item = await who.get(f"/api/v1/items/{listed['code']}")
        if item["flow"] == "booking" or any(each["rule"] for each in item["conditions"]):
            continue
        if not (body := filled(item))["materials"]:
            found.append(body)
        if len(found) == most:
            break
    return found


async def asked(who: Resident) -> None:
    """Learn which messages to agree to, and have WeChat take each agreement."""
    for purpose in ("submit", "book"):
        path = f"/api/v1/subscriptions/plan?purpose={purpose}&item=SP-MZ-001"
        who.templates |= {row["template_id"] for row in (await who.person.get(path))["templates"]}
    given = {"credits": dict.fromkeys(who.templates, 2 * MOST_CASES)}
    await who.person.control("POST", f"/users/{who.person.user}", given)
    for _ in range(SPARE_CONSENTS):
        await who.agree()
