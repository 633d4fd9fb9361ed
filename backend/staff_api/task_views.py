"""A task as lists of the to-do show it."""

from datetime import datetime

from typing_extensions import TypedDict

from backend.cases.clock.limits import Light
from backend.cases.reading.to_do.tasks import OpenTask
from backend.http.views import cases
from backend.http.views.cases import (
    CaseSummary,
    IdText,
    TimeText,
    UnitView,
)


class TaskView(TypedDict):
    """A task of a unit; `assignee` is the id of whoever claimed it.

    `place` is the community where the applicant lives, `received_at` when the task came to the
    unit; the name is of a person that we know, masked.
    """

    id: IdText
    case: CaseSummary
    applicant_masked: str | None
    place: UnitView
    step: int
    unit: UnitView
    assignee: IdText | None
    received_at: TimeText
    due_at: TimeText | None
    light: Light


def task_view(task: OpenTask, now: datetime) -> TaskView:
    """The task with its case as lists show it."""
    return {
        "id": task.id,
        "case": cases.summary(task.case, now),
        "applicant_masked": task.applicant_masked,
        "place": cases.unit_view(task.community_code),
        "step": task.step,
        "unit": cases.unit_view(task.unit_code),
        "assignee": task.assignee_id,
        "received_at": task.received_at,
        "due_at": task.due_at,
        "light": task.light(now),
    }
