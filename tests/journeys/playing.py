"""Residents who apply and book, whatever becomes of the system meanwhile."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError

from sandbox.actors import Refused
from tests.people import Person

RETRY_SECONDS = 0.1
# They stop when all parts were killed; while a part is away they wait, so this is always enough.
MOST_CASES = 60


@dataclass
class Resident:
    """A person and what the system said it has accepted from them."""

    person: Person
    cases: list[dict[str, Any]] = field(default_factory=list)
    appointments: list[dict[str, Any]] = field(default_factory=list)

    async def insist(self, path: str, body: dict[str, Any], *, key: str = "") -> dict[str, Any]:
        """Send it with one key until it is accepted, as a careful client does."""
        key = key or secrets.token_hex(8)
        while True:
            try:
                answer: dict[str, Any] = await self.person.post(path, body, key=key)
            except (ClientError, TimeoutError, OSError):
                await asyncio.sleep(RETRY_SECONDS)
            except Refused as refused:
                known = refused.status == 503 or refused.code == "idempotency_key_in_flight"
                if not known:
                    raise
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return answer


async def prepared(residents: list[Resident]) -> list[dict[str, Any]]:
    """Register and agree to messages; the applications, for items that need no papers."""
    first = residents[0].person
    for who in residents:
        await who.person.register()
    page = await first.get("/api/v1/items?limit=100")
    bodies = [await first.application(item["code"]) for item in page["items"]]
    applications = [body for body in bodies if not body["materials"]][:MOST_CASES]
    await asyncio.gather(*[consented(who.person) for who in residents])
    return applications


async def consented(who: Person) -> None:
    """Tap "accept" as often as there may be messages."""
    plan = await who.get("/api/v1/subscriptions/plan?purpose=submit&item=SP-MZ-001")
    booking = await who.get("/api/v1/subscriptions/plan?purpose=book&item=SP-MZ-001")
    ids = {row["template_id"] for row in plan["templates"] + booking["templates"]}
    for template_id in ids:
        given = {"credits": {template_id: MOST_CASES}}
        await who.control("POST", f"/users/{who.user}", given)
    for _ in range(MOST_CASES):
        await who.post("/api/v1/subscriptions", {"results": dict.fromkeys(ids, "accept")})
