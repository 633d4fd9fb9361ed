"""A mandate as both APIs show it."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from typing_extensions import TypedDict

from backend.http.views.cases import UnitView, unit_view
from backend.http.views.times import local
from backend.mandates.mandates import Mandate, MandateState
from models import Basis, GuardianProof, Right


class MandateView(TypedDict):
    """A mandate as both sides see it; the agent is a person or a unit, or has yet to accept.

    `window` is where it was made, if at one, and `proof` what the guardian showed there.
    """

    id: UUID
    state: MandateState
    basis: Basis
    items: list[str] | Literal["all"]
    rights: list[Right]
    until: date
    principal_masked: str | None
    agent_masked: str | None
    unit: UnitView | None
    window: UnitView | None
    proof: GuardianProof | None
    created_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


def mandate_view(mandate: Mandate, now: datetime) -> MandateView:
    """The mandate as it stands at this moment."""
    return {
        "id": mandate.id,
        "state": mandate.state(now),
        "basis": mandate.basis,
        "items": "all" if mandate.items is None else list(mandate.items),
        "rights": list(mandate.rights),
        "until": mandate.until,
        "principal_masked": mandate.principal_masked,
        "agent_masked": mandate.agent_masked,
        "unit": unit_view(mandate.unit.code) if mandate.unit else None,
        "window": unit_view(mandate.window.code) if mandate.window else None,
        "proof": mandate.proof,
        "created_at": local(mandate.created_at),
        "accepted_at": local(mandate.accepted_at),
        "revoked_at": local(mandate.revoked_at),
    }
