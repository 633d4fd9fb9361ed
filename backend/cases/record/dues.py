"""Until when a unit must act, and the one day that an applicant is told to watch."""

from datetime import date, datetime

from backend.cases.clock import limits
from backend.cases.clock.history import Clocks
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import RUNNING
from backend.cases.rules.said import Public
from config.clock import city_day
from models import CaseStatus


def of_task(case: Snapshot, after: CaseStatus, since: datetime) -> datetime | None:
    """Until when the case's unit must act next; None while no limit of the unit runs."""
    if after is CaseStatus.SUBMITTED:
        return limits.notice_due(case.item, since)
    if after in RUNNING - {CaseStatus.SUPPLEMENT_REQUESTED}:
        return of_step(case, case.step, since)
    if after in {CaseStatus.APPROVED, CaseStatus.DENIED}:
        return limits.due_at(since, limits.DELIVERY_DAYS, limits.Unit.WORKING_DAY)
    return None


def of_step(case: Snapshot, step: int, since: datetime) -> datetime:
    """Until when a step that begins then is to be done."""
    return limits.due_at(since, case.item.route[step - 1].days, limits.Unit.WORKING_DAY)


def told(after: CaseStatus, clocks: Clocks, public: Public, *, at: datetime) -> date | None:
    """The one date to watch now: of the answer, of the supplement, or the earlier of both limits.

    None once nothing is awaited any more, where that day is over: nothing is promised then, and
    where something else is told while the applicant was asked for more.
    """
    moments: list[datetime | None] = []
    today = city_day(at)
    if after is CaseStatus.SUPPLEMENT_REQUESTED:
        asked_until = public.get("due_at")
        moments = [datetime.fromisoformat(asked_until)] if asked_until else []
    elif after is CaseStatus.SUBMITTED:
        moments = [clocks.notice_due_at]
    elif after in RUNNING:
        moments = [clocks.promised_due_at, clocks.statutory_due_at]
    due = min((city_day(moment) for moment in moments if moment), default=None)
    return due if due and due >= today else None
