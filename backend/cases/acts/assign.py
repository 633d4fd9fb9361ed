"""A supervisor assigns many tasks at once: to a colleague, or back to their units."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import moving
from backend.cases.acts.moving import ClaimedTask
from backend.cases.reading import desk as desks
from backend.cases.reading import scope
from backend.cases.reading.to_do import tasks
from backend.cases.reading.to_do.tasks import OpenTask
from backend.cases.record import recusals
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import flows, rights, texts
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import (
    AssigneeRecused,
    AssigneeUnfit,
    AssigneeUnknown,
    NotYourUnit,
    RoleMissing,
    StaffRecused,
    TaskNotFound,
)
from backend.cases.rules.rights import Desk
from backend.errors import ServiceError
from backend.identity import actors
from backend.identity.actors import PostView, StaffActor
from backend.refusals import ActionNotAllowed
from config.clock import city_day
from models import CaseStatus, Role
from notifications.telling import outbox

Outcome = Literal["assigned", "released", "unchanged", "refused"]
_MOVED = frozenset({"assigned", "released"})


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one task; `refusal` where it was refused."""

    task_id: UUID
    outcome: Outcome
    refusal: ServiceError | None = None


class _Giving(NamedTuple):
    """To whom, with which posts, by whom; `barred` are cases with those who may not have them."""

    staff_id: UUID | None
    posts: tuple[PostView, ...]
    by: StaffActor
    barred: set[tuple[UUID, UUID]]


def check_supervisor(by: StaffActor) -> None:
    """RoleMissing for who supervises nothing."""
    if not any(post.role is Role.SUPERVISOR for post in by.posts):
        raise RoleMissing


async def assign(
    task_ids: Sequence[UUID],
    staff_id: UUID | None,
    *,
    by: StaffActor,
    reason: str,
    now: datetime,
) -> list[Result]:
    """Give the tasks to a colleague 分派, or with None back to their units; a result for each.

    Those that cannot be given stay as they are, the others are given in one transaction; an event
    of each case tells of it, and a message whoever gets or loses some. Repeated it changes nothing.
    Raises AssigneeUnknown for all of them.
    """
    wanted = list(dict.fromkeys(task_ids))
    async with in_transaction():
        posts = await _posts(staff_id, now)
        found = await moving.locked(wanted)
        people = [by.id] if staff_id is None else [by.id, staff_id]
        barred = await recusals.barred({task.case.id for task in found.values()}, people)
        giving = _Giving(staff_id, posts, by, barred)
        results = [_result(each, found.get(each), giving) for each in wanted]
        moved = [found[each.task_id] for each in results if each.outcome in _MOVED]
        if moved:
            await moving.move(moved, staff_id, by_staff_id=by.id, reason=reason, now=now)
    outbox.wake()
    return results


async def release(
    task_id: UUID, *, by: StaffActor, reason: str | None, now: datetime
) -> tuple[OpenTask, str | None]:
    """Give a task back to its unit: one's own, or as a supervisor a colleague's, by assigning it.

    Also tells who had claimed it. Raises as `tasks.claim` does.
    """
    async with in_transaction():
        task = await tasks.find(task_id)
        holder = task.assignee_id if task else None
        if task and holder != str(by.id):
            # Whoever may not assign it hears what they would hear of a claim.
            with suppress(ServiceError):
                await _give_back(task_id, by=by, reason=reason or "", now=now)
                return replace(task, assignee_id=None), holder
        return await tasks.release(task_id, by=by), holder


async def _give_back(task_id: UUID, *, by: StaffActor, reason: str, now: datetime) -> None:
    """Assign the one task to nobody; its refusal is raised."""
    [result] = await assign([task_id], None, by=by, reason=reason, now=now)
    if result.refusal is not None:
        raise result.refusal


async def _posts(staff_id: UUID | None, now: datetime) -> tuple[PostView, ...]:
    if staff_id is None:
        return ()
    posts = await actors.held_posts(staff_id, on=city_day(now))
    if posts is None:
        raise AssigneeUnknown
    return posts


def _result(task_id: UUID, task: ClaimedTask | None, giving: _Giving) -> Result:
    refusal = _refusal(task, giving)
    if task is None or refusal is not None:
        return Result(task_id, "refused", refusal)
    if task.assignee_id == giving.staff_id:
        return Result(task_id, "unchanged")
    return Result(task_id, "released" if giving.staff_id is None else "assigned")


def _refusal(task: ClaimedTask | None, giving: _Giving) -> ServiceError | None:
    by = giving.by
    if task is None or not scope.of(by).covers(task.case):
        return TaskNotFound()
    case = task.case
    at = (task.step, len(case.item.route))
    desk = desks.of_task(case, unit_code=task.unit_code, step=task.step)
    move = flows.move(case.item.flow, case.status, Action.ASSIGN, *at)
    if move is None:
        status = texts.status_text(case.item.flow, case.status)
        return ActionNotAllowed(f"办件“{status}”时不能分派")
    if not rights.may(by.posts, desk, move):
        own = rights.takes_part(by.posts, desk, case.status)
        return RoleMissing() if own else NotYourUnit("该任务不在您督办的单位")
    if task.done:
        return TaskNotFound()
    return _recused(case, giving) or _unfit(case, desk, at, giving)


def _recused(case: Snapshot, giving: _Giving) -> ServiceError | None:
    if (case.id, giving.by.id) in giving.barred:
        return StaffRecused()
    return AssigneeRecused() if (case.id, giving.staff_id) in giving.barred else None


def _unfit(case: Snapshot, desk: Desk, at: tuple[int, int], giving: _Giving) -> ServiceError | None:
    if giving.staff_id is None or _fits(giving.posts, desk, case, at):
        return None
    return AssigneeUnfit()


def _fits(posts: tuple[PostView, ...], desk: Desk, case: Snapshot, at: tuple[int, int]) -> bool:
    """Whether the posts may bring the case on; while the applicant's turn lasts, after it."""
    status = case.status
    if status is CaseStatus.SUPPLEMENT_REQUESTED:
        status = case.resume_status or CaseStatus.SUBMITTED
    at_unit = [post for post in posts if post.unit_code == desk.holder_code]
    return rights.works_on(at_unit, desk, status, at)
