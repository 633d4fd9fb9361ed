"""Acting under a mandate: whether it holds for just this, at the moment that it is done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend import audit
from backend.audit import Act
from backend.identity.actors import ResidentActor
from backend.mandates import mandates, statements
from backend.mandates.mandates import Mandate, MandateState
from backend.mandates.refusals import (
    MandateExpired,
    MandateMissing,
    MandateNotForItem,
    MandateRevoked,
    MandateRightMissing,
)
from config.database import connection, within_transaction
from models import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Behalf:
    """For whom somebody acts, under which mandate; `account` is the principal's, if any."""

    mandate: Mandate
    account: UUID | None
    agent: ResidentActor

    @property
    def principal_id(self) -> UUID:
        """The person whose right it is."""
        return self.mandate.principal_id

    @property
    def items(self) -> list[str] | None:
        """The codes of the items that it is for; None for all."""
        return None if self.mandate.items is None else list(self.mandate.items)

    def covers(self, item_code: str) -> bool:
        """Whether the mandate is for this item."""
        return self.mandate.items is None or item_code in self.mandate.items


async def on_behalf(
    mandate_id: UUID,
    *,
    by: ResidentActor,
    right: Right,
    item_code: str | None = None,
    now: datetime,
) -> Behalf:
    """The principal for whom the agent has this right now, for this item or for some.

    In a transaction the mandate stays as it is until its end. MandateMissing for a mandate that
    they do not hold, MandateRevoked, MandateExpired, MandateRightMissing or MandateNotForItem.
    """
    statement = statements.HELD_FAST if within_transaction() else statements.SEEN
    rows = await connection().execute_query_dict(statement, [mandate_id, by.id])
    if not rows:
        raise MandateMissing
    mandate = mandates.from_row(rows[0])
    state = mandate.state(now)
    if state is MandateState.REVOKED:
        raise MandateRevoked
    if state is not MandateState.ACTIVE:
        raise MandateExpired
    if right not in mandate.rights:
        raise MandateRightMissing
    behalf = Behalf(mandate=mandate, account=rows[0]["account"], agent=by)
    if item_code is not None and not behalf.covers(item_code):
        raise MandateNotForItem
    return behalf


async def record(behalf: Behalf, *, did: str, on: UUID | str | None = None) -> None:
    """Write into the access log what was done or read, for the principal to see."""
    details = {"did": did, "on": None if on is None else str(on)}
    await audit.record(
        Act.ACT_FOR,
        by=behalf.agent.acting,
        on=("mandate", behalf.mandate.id),
        resident=behalf.account,
        details=details,
    )
