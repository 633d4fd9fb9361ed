from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.cases.clock.history import Clocks, clocks
from backend.cases.rules.lifecycle import Action
from models import CaseStatus

MONDAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


@dataclass(frozen=True)
class Event:
    action: str
    at: datetime
    after: str


@dataclass(frozen=True)
class Item:
    notice_days: int = 5
    notice_unit: str = "working_day"
    promised_days: int = 10
    promised_unit: str = "working_day"
    statutory_days: int | None = 15
    statutory_unit: str | None = "calendar_day"


SUBMITTED = Event(Action.SUBMIT, MONDAY, CaseStatus.SUBMITTED)
ASKED = Event(Action.REQUEST_SUPPLEMENT, MONDAY, CaseStatus.SUPPLEMENT_REQUESTED)
ANSWERED = Event(Action.SUPPLEMENT, TUESDAY, CaseStatus.SUBMITTED)
ACCEPTED = Event(Action.ACCEPT, TUESDAY, CaseStatus.ACCEPTED)
LATER = [
    Event(Action.PASS, TUESDAY + timedelta(days=1), CaseStatus.UNDER_REVIEW),
    Event(Action.REQUEST_SUPPLEMENT, TUESDAY + timedelta(days=2), CaseStatus.SUPPLEMENT_REQUESTED),
    Event(Action.SUPPLEMENT, TUESDAY + timedelta(days=3), CaseStatus.UNDER_REVIEW),
    Event(Action.DECIDE, TUESDAY + timedelta(days=4), CaseStatus.APPROVED),
]


def ends(found: Clocks) -> list[str | None]:
    moments = (found.notice_due_at, found.promised_due_at, found.statutory_due_at)
    return [moment.date().isoformat() if moment else None for moment in moments]


def test_an_application_starts_the_five_days_of_the_notice_only() -> None:
    assert ends(clocks([SUBMITTED], Item())) == ["2026-03-16", None, None]


def test_an_item_may_take_longer_to_say_whether_it_accepts() -> None:
    petition = Item(notice_days=15, notice_unit="calendar_day", statutory_days=60)

    assert ends(clocks([SUBMITTED], petition)) == ["2026-03-24", None, None]
    assert ends(clocks([SUBMITTED, ACCEPTED], petition)) == [
        "2026-03-24", "2026-03-24", "2026-05-09",
    ]  # fmt: skip
    consumer = Item(notice_days=7)
    assert ends(clocks([SUBMITTED, ASKED, ANSWERED], consumer))[0] == "2026-03-19"


def test_papers_that_come_in_before_acceptance_start_them_anew() -> None:
    assert ends(clocks([SUBMITTED, ASKED, ANSWERED], Item())) == ["2026-03-17", None, None]


def test_acceptance_starts_both_limits_and_the_promise_never_outlasts_the_law() -> None:
    found = clocks([SUBMITTED, ACCEPTED], Item())
    assert ends(found) == ["2026-03-16", "2026-03-24", "2026-03-25"]

    capped = clocks([SUBMITTED, ACCEPTED], Item(promised_days=20))
    assert ends(capped) == ["2026-03-16", "2026-03-25", "2026-03-25"]


def test_without_a_statutory_limit_there_is_only_the_promise() -> None:
    unlimited = Item(statutory_days=None, statutory_unit=None)

    assert ends(clocks([SUBMITTED, ACCEPTED], unlimited)) == ["2026-03-16", "2026-03-24", None]


@given(some.lists(some.sampled_from(LATER), max_size=4))
def test_what_comes_after_acceptance_moves_no_limit(later: list[Event]) -> None:
    assert clocks([SUBMITTED, ACCEPTED, *later], Item()) == clocks([SUBMITTED, ACCEPTED], Item())


@given(some.integers(0, 86_399 // 2))
def test_the_time_of_day_does_not_matter(seconds: int) -> None:
    earlier = replace(SUBMITTED, at=MONDAY.replace(hour=0) + timedelta(seconds=seconds))

    assert clocks([earlier], Item()) == clocks([SUBMITTED], Item())


def test_no_case_is_without_an_application() -> None:
    with pytest.raises(ValueError, match="no application"):
        clocks([ACCEPTED], Item())
