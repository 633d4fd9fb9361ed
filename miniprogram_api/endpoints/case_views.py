"""A case as its applicant sees it: no opinions, no notes, no names of staff."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from backend.cases.clock import limits
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import lifecycle
from backend.cases.rules.lifecycle import Action, By
from backend.http.views import cases
from backend.http.views.cases import CaseSummary, Moment, NoticeView, PaperView
from backend.http.views.times import local


class CaseView(CaseSummary):
    """The whole case of the resident who asks; only they see the query code."""

    query_code: str
    form: dict[str, Any]
    materials: list[PaperView]
    supplement_request: NoticeView | None
    timeline: list[Moment]
    actions: list[Action]


class ClockLine(BaseModel):
    """A stretch of days, both ends included; `days` is how many of them count."""

    from_: Annotated[date, Field(serialization_alias="from")]
    to: date
    kind: Literal[
        "start",
        "working",
        "weekend",
        "holiday",
        "make_up",
        "calendar",
        "moved",
        "capped",
        "notice",
    ]
    days: int
    text: str


class ClockView(BaseModel):
    """One limit and how its due date came about."""

    limit_days: int | None
    unit: limits.Unit | None
    started_at: datetime | None
    due_at: datetime | None
    state: Literal["none", "not_started", "running", "stopped"]
    light: limits.Light
    lines: list[ClockLine]


class Clocks(BaseModel):
    """The two limits of a case."""

    statutory: ClockView
    promised: ClockView


def case_view(case: Snapshot, now: datetime) -> dict[str, Any]:
    """CaseView of a case."""
    return cases.summary(case, now) | {
        "query_code": case.query_code,
        "form": case.form,
        "materials": cases.materials(case),
        "supplement_request": cases.supplement_request(case),
        "timeline": [cases.moment(event) for event in case.events],
        "actions": [
            action
            for action, move in lifecycle.MOVES[case.status].items()
            if move.by is By.APPLICANT
        ],
    }


def clocks_view(case: Snapshot, now: datetime) -> dict[str, Any]:
    """Clocks of a case; before acceptance neither runs."""
    item = case.item
    return {
        "statutory": _clock(
            case, item.statutory_days, item.statutory_unit, case.statutory_due_at, now
        ),
        "promised": _clock(case, item.promised_days, item.promised_unit, case.promised_due_at, now),
    }


def _clock(  # noqa: PLR0917 - a limit, its state and the day
    case: Snapshot, days: int | None, unit: str | None, due: datetime | None, now: datetime
) -> dict[str, Any]:
    started = case.accepted_at if due else None
    ended = case.decided_at or case.closed_at
    state = "none" if days is None else "not_started" if due is None else "running"
    if ended and due:
        state = "stopped"
    lines = (
        limits.lines(
            limits.city_day(started),
            days,
            limits.Unit(unit),
            latest=limits.city_day(due) if due else None,
        )
        if started and days is not None and unit
        else []
    )
    return {
        "limit_days": days,
        "unit": unit,
        "started_at": local(started),
        "due_at": local(due),
        "state": state,
        "light": limits.light(due if state == "running" else None, now),
        "lines": [
            {
                "from": line.first,
                "to": line.last,
                "kind": line.kind,
                "days": line.days,
                "text": line.text,
            }
            for line in lines
        ],
    }
