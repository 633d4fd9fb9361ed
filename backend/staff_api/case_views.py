"""A case as staff see it: with opinions and notes, the applicant masked."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from typing_extensions import TypedDict

from backend.cases.reading import desk, queries, scope
from backend.cases.reading.to_do import tasks
from backend.cases.reading.to_do.tasks import CaseTask
from backend.cases.record import internals, recusals, shown
from backend.cases.record.internals import StaffSide
from backend.cases.record.recusals import Recused
from backend.cases.record.shown import Shown
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import rights
from backend.cases.rules.lifecycle import INSIDE, Action
from backend.catalogue import forms
from backend.catalogue.queries import RouteStep
from backend.http.answers import Answer, encode, variant
from backend.http.views import cases
from backend.http.views.cases import (
    CaseSummary,
    MaterialView,
    Moment,
    NoticeView,
    UnitView,
)
from backend.http.views.times import local
from backend.identity import profiles
from backend.identity.actors import StaffActor
from backend.identity.profiles import Masked
from backend.staff_api import intake_views
from backend.staff_api.intake_views import IntakeView
from models import FiledBy, Role, UnitLevel


class OpenTaskView(TypedDict):
    """The case's open task; `assignee` is the id of whoever claimed it."""

    id: UUID
    step: int
    unit: UnitView
    assignee: UUID | None
    due_at: datetime | None


class CaseStep(TypedDict):
    """A step of the case's route."""

    no: int
    level: UnitLevel
    name: str
    role: Role
    days: int
    decides: bool


class StaffWords(TypedDict):
    """What colleagues said with a change, and who of them made it.

    `acting_for` is the colleague who is away and whose deputy acted; `assigned_from` and
    `assigned_to` are whose the task was and whose it is, where it was assigned. `transfer_to` is
    the unit that the case was sent to, `recused` who has no part in it since.
    """

    actor_id: UUID | None
    opinion: str | None
    note: str | None
    reason: str | None
    acting_for: UUID | None
    assigned_from: UUID | None
    assigned_to: UUID | None
    transfer_to: UnitView | None
    recused: UUID | None


class Applicant(Masked):
    """Who applies, masked."""


class StaffMoment(Moment, StaffWords):
    """A line of the timeline with what only staff see.

    `intake` where a window did it for the applicant.
    """

    actor: Literal["resident", "staff", "operator"]
    step: int
    intake: IntakeView | None


class RecusalView(TypedDict):
    """Who has no part in the case; the reason only for them, who said it and supervisors."""

    staff_id: UUID
    at: datetime
    made_by: UUID
    reason: str | None


class StaffCase(CaseSummary):
    """The whole case for staff whose posts cover it; `form` is the newest, its number `form_no`.

    To the window that filed it for somebody, and to who has no part in it, it tells how far it is:
    without the form, and what colleagues said among themselves. `transfer_to` is the unit that is
    asked to take it over.
    """

    filed_by: FiledBy
    received_unit: UnitView | None
    intake: IntakeView | None
    applicant: Applicant
    form: dict[str, Any]
    form_no: int
    open_of_the_same: int
    materials: list[MaterialView]
    supplement_request: NoticeView | None
    timeline: list[StaffMoment]
    step: int
    route: list[CaseStep]
    task: OpenTaskView | None
    transfer_to: UnitView | None
    recusals: list[RecusalView]
    actions: list[Action]


async def shown_case(
    case: Snapshot, by: StaffActor, now: datetime, *, status: int = 200
) -> Answer[StaffCase]:
    """The answer that shows it; its ETag is of all that is shown, whose version others share.

    Who has the task, notes, and what is open of the same change without a new version.
    """
    content = encode(await staff_case(case, by, now))
    return Answer(content, status, version=case.version, variant=variant(content))


async def staff_case(case: Snapshot, by: StaffActor, now: datetime) -> StaffCase:
    """The case as this person sees it: `actions` are those they may take."""
    task, taken_in = await tasks.open_of_case(case.id), await intake_views.of_case(case)
    recused, told = bool(await recusals.barred([case.id], [by.id])), shown.of(case)
    whole = scope.of(by).covers(case) and not recused
    actions = [] if recused else desk.allowed(by, case, assignee=task.assignee_id if task else None)
    return {
        **cases.summary(told.line, now),
        "filed_by": told.filed_by,
        "received_unit": cases.received_unit(told),
        "intake": taken_in.get(1),
        "applicant": await profiles.masked(case.resident_id, case.subject_id),
        "form": forms.masked(case.item, case.form or {}) if whole else {},
        "form_no": case.form_no or 0,
        "open_of_the_same": await queries.open_of_the_same(case) if whole else 0,
        "materials": cases.materials(told),
        "supplement_request": cases.supplement_request(told),
        "timeline": await _timeline(case, told, taken_in, whole=whole),
        "step": case.step,
        "route": [_step(step) for step in case.item.route],
        "task": _task(task) if task and whole else None,
        "transfer_to": _incoming(case) if whole else None,
        "recusals": recusal_views(
            await recusals.of_case(case.id),
            by,
            supervises=rights.supervises(by.posts, desk.of(case)),
        ),
        "actions": actions,
    }


def _task(task: CaseTask) -> OpenTaskView:
    return {
        "id": task.id,
        "step": task.step,
        "unit": cases.unit_view(task.unit_code),
        "assignee": task.assignee_id,
        "due_at": local(task.due_at),
    }


async def _timeline(
    case: Snapshot, told: Shown, taken_in: dict[int, IntakeView], *, whole: bool
) -> list[StaffMoment]:
    sides = await internals.of_case(case)
    moments = [
        _moment(moment, side, taken_in.get(moment["seq"]))
        for moment, side in zip(cases.moments(told, told.events), sides, strict=True)
    ]
    if whole:
        return moments
    seen = [moment for moment in moments if moment["action"] not in INSIDE]
    unsaid = StaffWords(
        actor_id=None,
        opinion=None,
        note=None,
        reason=None,
        acting_for=None,
        assigned_from=None,
        assigned_to=None,
        transfer_to=None,
        recused=None,
    )
    return [{**moment, **unsaid} for moment in seen]


def _moment(moment: Moment, internal: StaffSide, taken_in: IntakeView | None) -> StaffMoment:
    said = internal.said
    return {
        **moment,
        "actor": internal.actor,
        "actor_id": internal.actor_id,
        "step": internal.step,
        "intake": taken_in,
        "opinion": said.get("opinion"),
        "note": said.get("note"),
        "reason": said.get("reason") or said.get("override_reason"),
        "acting_for": _staff_id(said.get("acting_for")),
        "assigned_from": _staff_id(said.get("assigned_from")),
        "assigned_to": _staff_id(said.get("assigned_to")),
        "transfer_to": cases.unit_view(said["transfer_to"]) if "transfer_to" in said else None,
        "recused": _staff_id(said.get("recused")),
    }


def _staff_id(told: str | None) -> UUID | None:
    return None if told is None else UUID(told)


def recusal_views(
    found: list[Recused], by: StaffActor, *, supervises: bool = False
) -> list[RecusalView]:
    """Who has no part in a case, to one who declared some of it or `supervises` its holder."""
    return [
        {
            "staff_id": each.staff_id,
            "at": local(each.at),
            "made_by": each.made_by,
            "reason": each.reason if supervises or by.id in {each.staff_id, each.made_by} else None,
        }
        for each in found
    ]


def _incoming(case: Snapshot) -> UnitView | None:
    code = case.incoming_unit_code
    return None if code is None else cases.unit_view(code)


def _step(step: RouteStep) -> CaseStep:
    return {
        "no": step.no,
        "level": step.level,
        "name": step.name,
        "role": step.role,
        "days": step.days,
        "decides": step.decides,
    }
