"""The staff's to-do: tasks of their units, claimed by one person at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.clock import limits
from backend.cases.clock.limits import Light
from backend.cases.reading import queries, scope
from backend.cases.reading.to_do import statements
from backend.cases.record import listed, recusals, times
from backend.cases.record.listed import Listed
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.refusals import NotYourUnit, TaskNotFound, TaskTaken
from backend.identity import profiles
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from config.database import connection
from models import Role
from notifications.telling import outbox


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task and its case, as lists show them; `due_at` is when the unit must have acted.

    `received_at` is when it came to the unit, `community_code` where the applicant lives.
    """

    id: str
    case: Listed
    step: int
    unit_code: str
    assignee_id: str | None
    due_at: str | None
    received_at: str
    community_code: str
    applicant_masked: str | None

    def light(self, now: datetime) -> Light:
        """How the time to act stands."""
        return limits.light(datetime.fromisoformat(self.due_at) if self.due_at else None, now)


class CaseTask(NamedTuple):
    """The open task of a case, without the case."""

    id: UUID
    step: int
    unit_code: str
    assignee_id: UUID | None
    due_at: datetime | None


def units_of(actor: StaffActor) -> list[str]:
    """The units whose tasks the actor sees: those of the posts that let cases be read."""
    return sorted({post.unit_code for post in scope.reading(actor)})


def seen_by(actor: StaffActor) -> list[str]:
    """The same, and all units below those that the actor supervises, which claim for themselves."""
    above = [post.path for post in actor.posts if post.role is Role.SUPERVISOR]
    return sorted({*units_of(actor), *(organisation.within(above) if above else ())})


async def open_of_case(case_id: UUID) -> CaseTask | None:
    """The open task of a case; a case that is over has none."""
    rows = await connection().execute_query_dict(statements.TASK_OF_CASE, [case_id])
    if not rows:
        return None
    row = rows[0]
    return CaseTask(
        row["task_id"], row["task_step"], row["unit_id"], row["assignee_id"], row["due_at"]
    )


async def claim(task_id: UUID, *, by: StaffActor) -> OpenTask:
    """Take the task for oneself; a second claim by the same person changes nothing.

    Raises TaskTaken; TaskNotFound where the actor may not read the case, NotYourUnit where the
    actor may but the task is another unit's, StaffRecused or OwnCase.
    """
    async with in_transaction():
        task = await _assign(statements.CLAIM, task_id, by)
        # Afterwards: the claim has waited for who was just recusing them.
        await recusals.check(UUID(task.case.id), by)
        return task


async def release(task_id: UUID, *, by: StaffActor) -> OpenTask:
    """Give one's own task back to the unit; one of nobody stays so. Raises as `claim` does."""
    return await _assign(statements.RELEASE, task_id, by)


async def find(task_id: UUID) -> OpenTask | None:
    """The task, done or not, whoever asks."""
    rows = await connection().execute_query_dict(statements.TASK, [task_id])
    return await _task(rows[0]) if rows else None


async def case_of(task_id: UUID, *, by: StaffActor) -> Snapshot:
    """The case of a task, done or not.

    Raises TaskNotFound where the actor may not read it.
    """
    rows = await connection().execute_query_dict(statements.TASK, [task_id])
    if not rows or not scope.of(by).covers(case := await queries.snapshot(rows[0])):
        raise TaskNotFound
    return case


async def _assign(statement: str, task_id: UUID, by: StaffActor) -> OpenTask:
    changed = await connection().execute_query_dict(statement, [task_id, by.id, units_of(by)])
    rows = await connection().execute_query_dict(statements.TASK, [task_id])
    if changed and rows:
        outbox.wake()
        return await _task(rows[0])
    if not rows or rows[0]["done_at"] is not None:
        raise TaskNotFound
    if rows[0]["unit_id"] not in units_of(by):
        if not scope.of(by).covers(await queries.snapshot(rows[0])):
            raise TaskNotFound
        raise NotYourUnit("该任务不在您的单位")
    raise TaskTaken


async def _task(row: Mapping[str, Any]) -> OpenTask:
    case = await queries.snapshot(row)
    return OpenTask(
        id=str(row["task_id"]),
        case=listed.of(case),
        step=row["task_step"],
        unit_code=row["unit_id"],
        assignee_id=None if row["assignee_id"] is None else str(row["assignee_id"]),
        due_at=times.city_text(row["due_at"]),
        received_at=times.city_text(row["received_at"]),
        community_code=case.community_code,
        applicant_masked=profiles.name_masked(row["person_id"], row["name_sealed"]),
    )
