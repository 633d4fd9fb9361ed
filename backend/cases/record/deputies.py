"""Acts of a deputy 代理人, on the tasks of a colleague who is away."""

from datetime import datetime
from uuid import UUID

from backend.cases.record import statements
from backend.cases.record.snapshot import Snapshot
from backend.identity.actors import ResidentActor, StaffActor
from config.database import connection
from notifications.telling import messages
from notifications.telling.outgoing import Outgoing
from notifications.telling.recipients import Staff


async def acted_for(case: Snapshot, by: StaffActor | ResidentActor) -> UUID | None:
    """The colleague who has the case's task and is away, where the actor is their deputy."""
    if not isinstance(by, StaffActor) or not by.deputy_for:
        return None
    rows = await connection().execute_query_dict(statements.ASSIGNEE, [case.id])
    holder: UUID | None = rows[0]["assignee_id"] if rows else None
    return holder if holder in by.deputy_for else None


def told(case: Snapshot, away: UUID, *, at: datetime, by: StaffActor | ResidentActor) -> Outgoing:
    """Tell who is away what was done for them."""
    return messages.tasks_message(
        "acted_for",
        to=Staff(away),
        cases=[(case.id, case.number, case.item.name)],
        at=at,
        by_staff_id=by.id,
    )
