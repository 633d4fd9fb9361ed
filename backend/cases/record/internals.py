"""What only staff see of the changes of a case."""

from typing import Literal, NamedTuple
from uuid import UUID

from backend.cases.record import statements
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.said import Internal
from config.database import connection
from config.vault import sealed


class StaffSide(NamedTuple):
    """What only staff see of a change; `actor_id` is None where it is not known."""

    actor: Literal["resident", "staff", "operator"]
    actor_id: UUID | None
    step: int
    said: Internal


async def of_case(case: Snapshot) -> list[StaffSide]:
    """The staff side of each event, in order.

    Only of those the record has: another may have been added since it was read.
    """
    rows = await connection().execute_query_dict(
        statements.INTERNALS, [case.id, case.events[-1].seq if case.events else 0]
    )
    return [
        StaffSide(
            row["actor"],
            row["actor_id"],
            row["step"],
            sealed.unseal_json(
                "case_event", row["id"], column="internal", stored=row["internal_sealed"]
            ),
        )
        for row in rows
    ]
