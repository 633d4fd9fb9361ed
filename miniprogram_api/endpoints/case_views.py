"""A case as its applicant sees it: no opinions, no notes, no names of staff."""

from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from typing_extensions import TypedDict

from backend.cases.clock import history, limits
from backend.cases.record.shown import Shown
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import flows
from backend.cases.rules.lifecycle import Action, By
from backend.http.views import cases
from backend.http.views.cases import CaseSummary, MaterialView, Moment, NoticeView, UnitView
from backend.http.views.times import local
from config.clock import city_day
from models import CaseStatus, FiledBy, Flow


class CaseView(CaseSummary):
    """The whole case of the resident who asks; only they see the query code.

    `form_no` numbers the forms handed in, from 1; `form` is the newest.
    """

    filed_by: FiledBy
    received_unit: UnitView | None
    query_code: str
    form: dict[str, Any]
    form_no: int
    materials: list[MaterialView]
    supplement_request: NoticeView | None
    timeline: list[Moment]
    actions: list[Action]


# Its name is a keyword of the language.
_From = TypedDict("_From", {"from": date})


class ClockLine(_From):
    """A stretch of days, both ends included; `days` is how many of them count."""

    to: date
    kind: limits.LineKind
    days: int
    text: str


State = Literal["none", "not_started", "running", "stopped"]


class ClockView(TypedDict):
    """One limit and how its due date came about."""

    limit_days: int | None
    unit: limits.Unit | None
    started_at: datetime | None
    due_at: datetime | None
    state: State
    light: limits.Light
    lines: list[ClockLine]


class Clocks(TypedDict):
    """The limit to say whether a case is accepted, and the two to finish it."""

    notice: ClockView
    statutory: ClockView
    promised: ClockView


def case_view(case: Shown, now: datetime) -> CaseView:
    """The whole case, read with its form."""
    if case.query_code is None:
        raise TypeError("only its applicant's case has a query code")
    actions = _actions(case.line.item.flow, case.line.status)
    return _view(case, now, query_code=case.query_code, actions=actions)


def agents_view(case: Shown, now: datetime) -> CaseView:
    """The same for who acts for the applicant: without what only the applicant may use."""
    return _view(case, now, query_code="", actions=[])


def _view(case: Shown, now: datetime, *, query_code: str, actions: list[Action]) -> CaseView:
    if case.form is None or case.form_no is None:
        raise TypeError("a case of a list has no form")
    return {
        **cases.summary(case.line, now),
        "filed_by": case.filed_by,
        "received_unit": cases.received_unit(case),
        "query_code": query_code,
        "form": case.form,
        "form_no": case.form_no,
        "materials": cases.materials(case),
        "supplement_request": cases.supplement_request(case),
        "timeline": cases.moments(case, case.events_told),
        "actions": actions,
    }


@cache
def _actions(flow: Flow, status: CaseStatus) -> list[Action]:
    """What the applicant may do."""
    moves = flows.MOVES[flow][status]
    return [action for action, move in moves.items() if move.by is By.APPLICANT]


def clocks_view(case: Snapshot, now: datetime) -> Clocks:
    """The limits of the case; those to finish it do not run before acceptance."""
    return {
        "notice": _notice(case, now),
        "statutory": _clock(
            case, case.item.statutory_days, case.item.statutory_unit, case.statutory_due_at, now
        ),
        "promised": _clock(
            case, case.item.promised_days, case.item.promised_unit, case.promised_due_at, now
        ),
    }


def _notice(case: Snapshot, now: datetime) -> ClockView:
    started, unit = history.handed_in(case.events), limits.Unit(case.item.notice_unit)
    running = case.status is CaseStatus.SUBMITTED
    return {
        "limit_days": case.item.notice_days,
        "unit": unit,
        "started_at": local(started),
        "due_at": local(case.notice_due_at),
        "state": "running" if running else "stopped",
        "light": limits.light(case.notice_due_at if running else None, now),
        "lines": _lines(limits.lines(city_day(started), case.item.notice_days, unit, event="提交")),
    }


def _clock(  # noqa: PLR0917 - a limit, its state and the day
    case: Snapshot, days: int | None, unit: str | None, due: datetime | None, now: datetime
) -> ClockView:
    started = case.accepted_at if due else None
    ended = case.decided_at or case.closed_at
    state: State = "none" if days is None else "not_started" if due is None else "running"
    if ended and due:
        state = "stopped"
    counted = limits.Unit(unit) if unit else None
    lines = (
        limits.lines(
            city_day(started),
            days,
            counted,
            latest=city_day(due) if due else None,
        )
        if started and days is not None and counted
        else []
    )
    return {
        "limit_days": days,
        "unit": counted,
        "started_at": local(started),
        "due_at": local(due),
        "state": state,
        "light": limits.light(due if state == "running" else None, now),
        "lines": _lines(lines),
    }


def _lines(told: list[limits.Line]) -> list[ClockLine]:
    return [
        {
            "from": line.first,
            "to": line.last,
            "kind": line.kind,
            "days": line.days,
            "text": line.text,
        }
        for line in told
    ]
