"""Staff's to-do."""

from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.cases.acts import assign, filters
from backend.cases.acts.assign import Outcome, Result
from backend.cases.clock.limits import Light
from backend.cases.reading.to_do import listing, tasks
from backend.cases.reading.to_do.listing import Place, TaskCounts, Wanted
from backend.cases.reading.to_do.statements import Sort, Whose
from backend.cases.reading.to_do.tasks import OpenTask
from backend.cases.rules.refusals import (
    AssigneeRecused,
    AssigneeUnfit,
    AssigneeUnknown,
    DatesReversed,
    FilterAlone,
    FilterNotFound,
    ItemNotKnown,
    NotYourUnit,
    OwnCase,
    RoleMissing,
    StaffRecused,
    TaskNotFound,
    TaskTaken,
    UnitNotMine,
)
from backend.http import pages
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.pages import Page
from backend.http.routes import Routes
from backend.identity.actors import StaffActor
from backend.refusals import ActionNotAllowed
from backend.staff_api.task_views import TaskView, task_view
from config.texts import VISIBLE

routes = Routes("staff_tasks", prefix="/api/v1/staff", guard=Guard.STAFF)

TASK_ERRORS = (TaskTaken, TaskNotFound, NotYourUnit)
CLAIM_ERRORS = (*TASK_ERRORS, StaffRecused, OwnCase)


class ListTasks(Page):
    """Which tasks: those I claimed, all of my units, or of those I act for; by which filters.

    `from` and `to` are days of what they are sorted by, both included. `filter` is one that I
    saved, and stands alone.
    """

    filter: UUID | None = None
    scope: Whose = "unit"
    sort: Sort = "received"
    light: Light | None = None
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    item: Annotated[str, Field(max_length=50)] | None = None
    unit: Annotated[str, Field(max_length=24)] | None = None


class TaskListing(TypedDict):
    """A page of tasks, and how many there are in all."""

    items: list[TaskView]
    next_cursor: str | None
    counts: TaskCounts


class ReleaseTask(Body):
    """Why, where a supervisor releases a colleague's task."""

    reason: Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), VISIBLE] | None = None


class AssignTasks(Body):
    """Which tasks, to whom (nobody: back to their units), and why."""

    task_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]
    staff_id: UUID | None
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), VISIBLE]


class TaskProblem(TypedDict):
    """Why this one stays as it is: a stable code, and a sentence for people."""

    code: str
    detail: str


class TaskResult(TypedDict):
    """What became of one task; `problem` where it was refused."""

    id: UUID
    status: Outcome
    problem: TaskProblem | None


class TaskResults(TypedDict):
    """What became of each task, in the order that they were named, each once."""

    results: list[TaskResult]


@routes.get(
    "/tasks",
    query=ListTasks,
    errors=(ItemNotKnown, UnitNotMine, DatesReversed, FilterNotFound, FilterAlone),
    records=(Act.LIST_TASKS,),
)
async def list_tasks(call: Call[Nothing, ListTasks]) -> Answer[TaskListing]:
    """List open tasks by arrival, newest first, or by due date, soonest first; with counts."""
    asked, now, by = call.query, call.now, await call.staff()
    place, wanted = pages.position_in_time(asked), await _wanted(asked, by)
    await listing.check(wanted, by)
    found = await listing.to_do(
        by, wanted, after=place and Place(*place), limit=asked.limit + 1, now=now
    )
    kept, following = pages.cut(found.tasks, asked, partial(_key, wanted.sort))
    await audit.record(
        Act.LIST_TASKS, by=by.acting, details={"cases": [task.case.id for task in kept]}
    )
    shown = [task_view(task, now) for task in kept]
    return Answer({"items": shown, "next_cursor": following, "counts": found.counts})


async def _wanted(asked: ListTasks, by: StaffActor) -> Wanted:
    if asked.filter is not None:
        if asked.model_fields_set - {"filter", "limit", "cursor"}:
            raise FilterAlone
        return (await filters.one(asked.filter, by=by)).wanted
    return Wanted(
        whose=asked.scope,
        sort=asked.sort,
        light=asked.light,
        first=asked.from_,
        last=asked.to,
        item=asked.item,
        unit=asked.unit,
    )


def _key(sort: Sort, task: OpenTask) -> str:
    return pages.at_time(task.received_at if sort == "received" else task.due_at, task.id)


async def _again(call: Call[Body, NoQuery], task_id: UUID) -> None:
    """The first answer shows the task once more, as a list of tasks would."""
    by = await call.staff()
    case = await tasks.case_of(task_id, by=by)
    await audit.record(
        Act.LIST_TASKS,
        by=by.acting,
        on=("case", case.id),
        resident=case.resident_id,
        details={"repeated": True},
    )


@routes.post(
    "/tasks/<task_id:uuid>/claim",
    errors=CLAIM_ERRORS,
    records=(Act.CLAIM_TASK,),
    again=_again,
)
async def claim_task(call: Call[Nothing, NoQuery], task_id: UUID) -> Answer[TaskView]:
    """Take a task for myself."""
    now, by = call.now, await call.staff()
    task = await tasks.claim(task_id, by=by)
    await _record(Act.CLAIM_TASK, by, task)
    return Answer(task_view(task, now))


@routes.post(
    "/tasks/<task_id:uuid>/release",
    body=ReleaseTask,
    errors=TASK_ERRORS,
    records=(Act.RELEASE_TASK,),
    again=_again,
)
async def release_task(call: Call[ReleaseTask, NoQuery], task_id: UUID) -> Answer[TaskView]:
    """Give a task back to the unit: mine, or as a supervisor a colleague's."""
    now, by = call.now, await call.staff()
    task, holder = await assign.release(task_id, by=by, reason=call.body.reason, now=now)
    await audit.record(
        Act.RELEASE_TASK,
        by=by.acting,
        on=("case", task.case.id),
        resident=task.case.resident_id,
        purpose=call.body.reason,
        details={"claimed_by": holder},
    )
    return Answer(task_view(task, now))


@routes.post(
    "/tasks/_assign",
    body=AssignTasks,
    errors=(
        TaskNotFound,
        NotYourUnit,
        RoleMissing,
        ActionNotAllowed,
        AssigneeUnknown,
        AssigneeUnfit,
        StaffRecused,
        AssigneeRecused,
    ),
    unrecorded="events of the cases tell it",
    about_staff=True,
)
async def assign_tasks(call: Call[AssignTasks, NoQuery]) -> Answer[TaskResults]:
    """Give tasks of my units to a colleague, or back to their units: a result for each."""
    given, by = call.body, await call.staff()
    assign.check_supervisor(by)
    found = await assign.assign(
        given.task_ids, given.staff_id, by=by, reason=given.reason, now=call.now
    )
    return Answer({"results": [_result(each) for each in found]})


def _result(found: Result) -> TaskResult:
    refused = found.refusal
    problem: TaskProblem | None = None
    if refused is not None:
        problem = {"code": refused.code, "detail": refused.detail}
    return {"id": found.task_id, "status": found.outcome, "problem": problem}


async def _record(act: Act, by: StaffActor, task: OpenTask) -> None:
    await audit.record(act, by=by.acting, on=("case", task.case.id), resident=task.case.resident_id)
