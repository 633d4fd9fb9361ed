"""Tasks that somebody else gives or takes: an event of each case, and a message to whom it hits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from backend.cases.acts import statements
from backend.cases.reading import queries
from backend.cases.record.snapshot import Snapshot
from config.database import connection
from config.vault import sealed
from models import uuid7
from notifications.telling import messages, outbox
from notifications.telling.outgoing import Outgoing
from notifications.telling.recipients import Staff


class ClaimedTask(NamedTuple):
    """A task under its lock; `seq` is the number of its case's last event."""

    id: UUID
    step: int
    unit_code: str
    assignee_id: UUID | None
    done: bool
    case: Snapshot
    seq: int


async def locked(task_ids: list[UUID]) -> dict[UUID, ClaimedTask]:
    """The tasks by their ids, once their cases and they are locked."""
    await connection().execute_query_dict(statements.LOCK_CASES_OF_TASKS, [task_ids])
    rows = await connection().execute_query_dict(statements.LOCK_TASKS, [task_ids])
    return {row["task_id"]: await _task(row) for row in rows}


async def _task(row: Mapping[str, Any]) -> ClaimedTask:
    return ClaimedTask(
        id=row["task_id"],
        step=row["task_step"],
        unit_code=row["unit_id"],
        assignee_id=row["assignee_id"],
        done=row["done_at"] is not None,
        case=await queries.snapshot(row),
        seq=row["seq"],
    )


async def move(
    tasks: Sequence[ClaimedTask],
    staff_id: UUID | None,
    *,
    by_staff_id: UUID | None,
    reason: str,
    now: datetime,
) -> None:
    """Give the locked tasks to this member, or to nobody; without `by_staff_id` it is a command."""
    await _write(tasks, staff_id, by_staff_id=by_staff_id, reason=reason, now=now)
    if told := _told(tasks, staff_id, by_staff_id=by_staff_id, now=now):
        await outbox.enqueue(*told)


async def give_back(
    staff_id: UUID, *, unit: str | None = None, by_staff_id: UUID | None, reason: str, now: datetime
) -> int:
    """Give all that somebody has in hand, or of one unit, back to the units; how many.

    After a lock on the person, so that they claim no more meanwhile.
    """
    rows = await connection().execute_query_dict(statements.IN_HAND, [staff_id, unit])
    found = await locked([row["id"] for row in rows])
    theirs = [each for each in found.values() if each.assignee_id == staff_id and not each.done]
    if theirs:
        await move(theirs, None, by_staff_id=by_staff_id, reason=reason, now=now)
    return len(theirs)


async def _write(
    tasks: Sequence[ClaimedTask],
    staff_id: UUID | None,
    *,
    by_staff_id: UUID | None,
    reason: str,
    now: datetime,
) -> None:
    await connection().execute_query(statements.ASSIGN, [[task.id for task in tasks], staff_id])
    last: dict[UUID, int] = {}
    rows = []
    for task in tasks:
        event_id, case = uuid7(), task.case
        last[case.id] = last.get(case.id, task.seq) + 1
        said = {
            "reason": reason,
            "assigned_from": task.assignee_id and str(task.assignee_id),
            "assigned_to": staff_id and str(staff_id),
        }
        kept = {name: value for name, value in said.items() if value}
        internal = sealed.seal_json("case_event", event_id, column="internal", value=kept)
        rows.append(
            (event_id, case.id, last[case.id], case.status, task.step, task.unit_code, internal)
        )
    columns = [list(column) for column in zip(*rows, strict=True)]
    await connection().execute_query(statements.ASSIGN_EVENTS, [now, by_staff_id, *columns])


def _told(
    tasks: Sequence[ClaimedTask], staff_id: UUID | None, *, by_staff_id: UUID | None, now: datetime
) -> list[Outgoing]:
    """One message to who gets them, and one to each who loses some; none for one's own act."""
    losing: dict[UUID, list[ClaimedTask]] = {}
    for task in tasks:
        if task.assignee_id is not None:
            losing.setdefault(task.assignee_id, []).append(task)
    told: list[tuple[str, UUID | None, Sequence[ClaimedTask]]] = [("assign", staff_id, tasks)]
    told += [("unassign", holder, theirs) for holder, theirs in losing.items()]
    return [
        messages.tasks_message(
            action,
            to=Staff(whom),
            cases=[(task.case.id, task.case.number, task.case.item.name) for task in theirs],
            at=now,
            by_staff_id=by_staff_id,
        )
        for action, whom, theirs in told
        if whom not in {None, by_staff_id}
    ]
