"""A case as staff see it: with opinions and notes, the applicant masked."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from backend.cases.clock.limits import Light
from backend.cases.reading import desk, tasks
from backend.cases.reading.tasks import OpenTask
from backend.cases.record import change
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import Action
from backend.catalogue import forms
from backend.catalogue.queries import RouteStep
from backend.http.views import cases
from backend.http.views.cases import CaseSummary, Moment, NoticeView, PaperView, UnitView
from backend.http.views.times import local
from backend.identity import profiles
from backend.identity.actors import StaffActor
from models import Assurance, Role, UnitLevel


class TaskView(BaseModel):
    """A task of a unit; `assignee` is the id of whoever claimed it."""

    id: UUID
    case: CaseSummary
    step: int
    unit: UnitView
    assignee: UUID | None
    due_at: datetime | None
    light: Light


class OpenTaskView(BaseModel):
    """The case's open task; `assignee` is the id of whoever claimed it."""

    id: UUID
    step: int
    unit: UnitView
    assignee: UUID | None
    due_at: datetime | None


class CaseStep(BaseModel):
    """A step of the case's route."""

    no: int
    level: UnitLevel
    name: str
    role: Role
    days: int
    decides: bool


class StaffMoment(Moment):
    """A line of the timeline with what only staff see."""

    actor: Literal["resident", "staff"]
    actor_id: UUID | None
    step: int
    opinion: str | None
    note: str | None
    reason: str | None


class Applicant(BaseModel):
    """Who applies, masked."""

    assurance: Assurance
    name_masked: str | None
    phone_masked: str | None
    id_number_masked: str | None


class StaffCase(CaseSummary):
    """The whole case for staff whose posts cover it."""

    applicant: Applicant
    form: dict[str, Any]
    materials: list[PaperView]
    supplement_request: NoticeView | None
    timeline: list[StaffMoment]
    step: int
    route: list[CaseStep]
    task: OpenTaskView | None
    actions: list[Action]


def task_view(task: OpenTask, now: datetime, due_light: Light) -> dict[str, Any]:
    """TaskView of a task."""
    return {
        "id": task.id,
        "case": cases.summary(task.case, now),
        "step": task.step,
        "unit": cases.unit_view(task.unit_code),
        "assignee": task.assignee_id,
        "due_at": local(task.due_at),
        "light": due_light,
    }


async def staff_case(case: Snapshot, by: StaffActor, now: datetime) -> dict[str, Any]:
    """StaffCase of a case; `actions` are those this person may take."""
    row = await tasks.open_of_case(case.id)
    task = row and {
        "id": row["task_id"],
        "step": row["task_step"],
        "unit": cases.unit_view(row["unit_id"]),
        "assignee": row["assignee_id"],
        "due_at": local(row["due_at"]),
    }
    return cases.summary(case, now) | {
        "applicant": await _applicant(case),
        "form": forms.masked(case.item, case.form or {}),
        "materials": cases.materials(case),
        "supplement_request": cases.supplement_request(case),
        "timeline": await _timeline(case),
        "step": case.step,
        "route": [_step(step) for step in case.item.route],
        "task": task,
        "actions": desk.allowed(by, case),
    }


async def _applicant(case: Snapshot) -> dict[str, Any]:
    card = await profiles.card(case.resident_id)
    return {
        "assurance": card["assurance"],
        "name_masked": card["name_masked"],
        "phone_masked": card["phone_masked"],
        "id_number_masked": card["id_number_masked"],
    }


async def _timeline(case: Snapshot) -> list[dict[str, Any]]:
    return [
        cases.moment(event)
        | {
            "actor": row["actor"],
            "actor_id": row["actor_id"],
            "step": row["step"],
            "opinion": row["internal"].get("opinion"),
            "note": row["internal"].get("note"),
            "reason": row["internal"].get("reason") or row["internal"].get("override_reason"),
        }
        for event, row in zip(case.events, await change.internals(case), strict=True)
    ]


def _step(step: RouteStep) -> dict[str, Any]:
    return {
        "no": step.no,
        "level": step.level,
        "name": step.name,
        "role": step.role,
        "days": step.days,
        "decides": step.decides,
    }
