"""How a window took a case in, as staff see it: the consent, and the agent masked."""

from uuid import UUID

from typing_extensions import TypedDict

from backend.cases.record import intake
from backend.cases.record.intake import Agent, Relation
from backend.cases.record.snapshot import Snapshot
from backend.identity import masks
from models import ConsentKind, FiledBy


class AgentView(TypedDict):
    """Who stood at the window in the applicant's place, masked."""

    name_masked: str
    relation: Relation
    id_number_masked: str | None
    phone_masked: str | None


class IntakeView(TypedDict):
    """How a window took it in: by what consent, or by which mandate to its unit."""

    consent: ConsentKind
    consent_file_id: UUID | None
    mandate_id: UUID | None
    agent: AgentView | None


async def of_case(case: Snapshot) -> dict[int, IntakeView]:
    """What windows kept, by the event it came with."""
    if case.filed_by is not FiledBy.STAFF and not any(
        event.public.get("at_window") for event in case.events
    ):
        return {}
    return {
        seq: {
            "consent": kept.consent,
            "consent_file_id": kept.consent_file_id,
            "mandate_id": kept.mandate_id,
            "agent": _agent(kept.agent) if kept.agent else None,
        }
        for seq, kept in (await intake.of_case(case.id)).items()
    }


def _agent(agent: Agent) -> AgentView:
    number, phone = agent.get("id_number"), agent.get("phone")
    return {
        "name_masked": masks.mask("name", agent["name"]),
        "relation": agent["relation"],
        "id_number_masked": masks.mask("id_number", number) if number else None,
        "phone_masked": masks.mask("phone", phone) if phone else None,
    }
