"""Who gives mandates and who holds them."""

from datetime import timedelta
from itertools import count
from typing import Any

from backend.identity.actors import ResidentActor
from backend.mandates import giving
from backend.mandates.giving import Terms
from backend.mandates.mandates import Mandate
from config import clock, vault
from config.clock import city_day
from config.vault import sealed
from models import Resident, Right
from tests.backend.cases.factories import ITEM, an_actor

ALL = [Right.FILL, Right.SUBMIT, Right.READ]
_phones = (f"139{number:08}" for number in count())


async def with_phone() -> tuple[ResidentActor, str]:
    """A resident known by real name and phone, and the number."""
    actor, phone = await an_actor(), next(_phones)
    kept = sealed.seal("resident", actor.id, column="phone", text=phone)
    await Resident.filter(id=actor.id).update(
        phone_hash=vault.blind("phone", phone), phone_sealed=kept
    )
    return actor, phone


def terms(**changes: Any) -> Terms:
    """A mandate for one item, a month long."""
    until = city_day(clock.now()) + timedelta(days=30)
    given: dict[str, Any] = {"items": [ITEM], "rights": ALL, "until": until}
    return Terms(**given | changes)


async def a_mandate(
    principal: ResidentActor, agent: ResidentActor, phone: str, **changes: Any
) -> Mandate:
    """One that was given and accepted."""
    now = clock.now()
    _, code = await giving.give(terms(agent_phone=phone, **changes), by=principal, now=now)
    return await giving.accept(code or "", by=agent, now=now)
