"""A principal and the agent with a mandate of theirs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.cases.acts import withdraw
from backend.identity import sessions
from backend.identity.actors import ResidentActor
from backend.mandates.mandates import Mandate
from config import clock
from models import Audience
from tests.backend.cases.factories import FORM, ITEM, a_case, an_actor
from tests.backend.mandates.people import a_mandate, with_phone

PAPERS = ("id_card", "household_register", "economic_check_authorisation")


@dataclass
class Pair:
    """A principal with a case of an item, and the agent with a mandate for that item."""

    principal: ResidentActor
    agent: ResidentActor
    phone: str
    mandate: Mandate
    token: str
    case_id: UUID

    async def again(self, **changes: Any) -> Mandate:
        """One more mandate of the same two."""
        return await a_mandate(self.principal, self.agent, self.phone, **changes)


async def a_pair(**changes: Any) -> Pair:
    principal, (agent, phone) = await an_actor(), await with_phone()
    mandate = await a_mandate(principal, agent, phone, **changes)
    case = await a_case(by=principal)
    granted = await sessions.start(Audience.RESIDENT, agent.id, now=clock.now())
    return Pair(principal, agent, phone, mandate, granted.access_token, case.id)


async def give_up(pair: Pair) -> None:
    """The principal withdraws the case that is open."""
    await withdraw.withdraw(pair.case_id, by=pair.principal, now=clock.now(), reason=None)


def body(agent_file: UUID | None = None, item: str = ITEM) -> dict[str, Any]:
    papers = [{"material_code": code, "file_id": str(agent_file)} for code in PAPERS]
    return {"item_code": item, "form": FORM, "materials": papers if agent_file else []}
