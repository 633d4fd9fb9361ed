"""Staff's to-do."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from backend.cases import clock, tasks
from backend.cases.clock import Light
from backend.http import pages
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.listing import Listing
from backend.http.pages import Page
from backend.http.routes import Routes
from backend.staff_api.case_views import TaskView, task_view

routes = Routes("staff_tasks", prefix="/api/v1/staff", guard=Guard.STAFF)


class ListTasks(Page):
    """Which tasks: those I claimed, or all of my units; of one light."""

    scope: Literal["mine", "unit"] = "unit"
    light: Light | None = None


class TaskListing(Listing[TaskView]):
    """A page of tasks, and how many there are in all."""

    counts: dict[str, int]


@routes.get("/tasks", query=ListTasks, answer=TaskListing)
async def list_tasks(call: Call[Nothing, ListTasks]) -> Answer:
    """List open tasks, newest first, with counts."""
    now = datetime.now(UTC)
    by = await call.staff()
    found = await tasks.list_of(
        by,
        mine=call.query.scope == "mine",
        light=call.query.light,
        before=pages.position_uuid(call.query),
        limit=call.query.limit + 1,
        now=now,
    )
    kept, following = pages.cut(found, call.query, lambda task: str(task.id))
    shown = [task_view(task, now, clock.light(task.due_at, now)) for task in kept]
    return Answer(pages.listing(shown, following, counts=await tasks.counts(by, now=now)))


@routes.post("/tasks/<task_id:uuid>/claim", answer=TaskView, errors=("task_taken", "not_your_unit"))
async def claim_task(call: Call[Nothing, NoQuery], task_id: UUID) -> Answer:
    """Take a task for myself."""
    now = datetime.now(UTC)
    task = await tasks.claim(task_id, by=await call.staff())
    return Answer(task_view(task, now, clock.light(task.due_at, now)))


@routes.post(
    "/tasks/<task_id:uuid>/release", answer=TaskView, errors=("task_taken", "not_your_unit")
)
async def release_task(call: Call[Nothing, NoQuery], task_id: UUID) -> Answer:
    """Give a task back to the unit."""
    now = datetime.now(UTC)
    task = await tasks.release(task_id, by=await call.staff())
    return Answer(task_view(task, now, clock.light(task.due_at, now)))
