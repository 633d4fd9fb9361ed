"""The record of a case by itself: its columns, what an action makes of it, and what is told."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import pytest

from backend.cases.record import dues, forms, objects, snapshot
from backend.cases.record.change import Change
from backend.cases.record.columns import Column, Columns, Insert
from backend.cases.record.snapshot import Event
from backend.cases.rules.lifecycle import INSIDE, RUNNING, Action
from config import vault
from config.clock import CITY_TIME
from config.vault.vault import SealBroken
from models import CaseStatus
from notifications.telling.wordings import Instead
from tests.backend.catalogue.small import ID_NUMBER, an_item

S = CaseStatus
NOW = datetime(2026, 3, 9, 12, tzinfo=CITY_TIME)  # a Monday
CASE, OTHER = UUID(int=1), UUID(int=2)


class Record(NamedTuple):
    """Two columns and what is none."""

    id: Annotated[int, Column("record_id", "int")]
    name: Annotated[str | None, Column("name", reads=str.upper)]
    more: str = ""


COLUMNS = Columns(Record)


def test_the_columns_of_a_record_are_those_of_its_fields_that_say_so() -> None:
    assert list(COLUMNS.fields) == ["id", "name"]
    assert COLUMNS.selected("c") == "c.record_id, c.name"
    assert COLUMNS.array("c", ["name", "id"]) == "json_build_array(c.name, c.record_id)"


@pytest.mark.parametrize(("name", "read"), [("a", "A"), (None, None)])
def test_a_row_is_read_in_the_order_of_the_fields(name: str | None, read: str | None) -> None:
    assert COLUMNS.read({"name": name, "record_id": 1, "beside": 2}) == [1, read]


def test_an_insert_has_a_placeholder_of_its_own_for_each_column() -> None:
    insert = Insert(COLUMNS, created_at="timestamptz", key="bytea")

    assert insert.columns == "record_id, name, created_at, key"
    assert insert.values == "$1::int, $2::varchar, $3::timestamptz, $4::bytea"
    assert (insert.count, insert.of("record_id"), insert.of("key")) == (4, "$1", "$4")
    assert insert.parameters(Record(1, "a"), key=b"k", created_at=NOW) == [1, "a", NOW, b"k"]
    for more in ({"key": b"k"}, {}):
        with pytest.raises(KeyError):
            insert.parameters(Record(1, "a"), **more)
    with pytest.raises(KeyError):
        insert.of("nobody")


@dataclass
class Intake:
    """As far as a change looks at one."""

    mandate_id: UUID | None = None


@pytest.mark.parametrize(
    ("intake", "instead", "said"),
    [
        (Intake(), Instead.WINDOW, {"at_window": True}),
        (Intake(OTHER), Instead.UNIT, {"at_window": True, "by_mandate": True}),
    ],
)
def test_what_a_window_does_for_somebody_is_said(
    intake: Any, instead: Instead, said: dict[str, bool]
) -> None:
    change = Change(Action.WITHDRAW, at=NOW, public={"reason": "不办了"})

    change.at_window("210102001001", intake)

    assert change.instead is instead
    assert change.public == {"reason": "不办了"} | said
    assert (change.done_at, change.taken_in) == ("210102001001", intake)


def test_what_an_agent_does_is_said_and_two_changes_share_nothing() -> None:
    change, other = (Change(Action.WITHDRAW, at=NOW) for _ in range(2))
    change.by_agent()
    change.columns["x"] = 1

    assert change.instead is Instead.AGENT
    assert change.public == {"by_agent": True}
    assert (other.public, other.columns, other.instead) == ({}, {}, None)


def event(seq: int, action: Action) -> Event:
    return Event(seq, "2026-03-09T10:00:00+08:00", action, "210102001001", {}, S.ACCEPTED)


def test_what_happens_inside_is_not_told_and_leaves_no_gap() -> None:
    events = tuple(
        event(seq, action)
        for seq, action in enumerate(
            (Action.SUBMIT, Action.NOTE, Action.ACCEPT, *INSIDE, Action.HANDOVER), 1
        )
    )

    told = snapshot.told(events)

    assert [(each.seq, each.action) for each in told] == [
        (1, Action.SUBMIT),
        (2, Action.ACCEPT),
        (3, Action.HANDOVER),
    ]
    assert events[2].seq == 3
    assert snapshot.told(events[:1]) == [events[0]]
    assert snapshot.told(()) == []
    assert told[0].at == datetime(2026, 3, 9, 2, tzinfo=UTC)


def case(status: CaseStatus, **moments: str) -> Any:
    """A case as far as its due date goes; the names stand for times."""
    known = dict.fromkeys(("accepted_at", "decided_at", "closed_at"))
    return SimpleNamespace(status=status, notice_due_at="notice", promised_due_at="promise",
                           **known | moments)  # fmt: skip


@pytest.mark.parametrize(
    ("known", "due"),
    [
        (case(S.SUBMITTED), "notice"),
        (case(S.SUBMITTED, accepted_at="x", decided_at="x"), "notice"),
        (case(S.SUPPLEMENT_REQUESTED), None),
        (case(S.SUPPLEMENT_REQUESTED, accepted_at="x"), "promise"),
        (case(S.ACCEPTED, accepted_at="x"), "promise"),
        (case(S.DECLINED), None),
        (case(S.APPROVED, accepted_at="x", decided_at="x"), None),
        (case(S.WITHDRAWN, accepted_at="x", closed_at="x"), None),
        (case(S.CLOSED, accepted_at="x", decided_at="x", closed_at="x"), None),
    ],
)
def test_the_light_shows_the_notice_then_the_promise_then_nothing(
    known: Any, due: str | None
) -> None:
    assert snapshot.running_due(known) == due


ITEM = an_item({"properties": {}}, object_fields=("/place/address", "/applicant/id_number"))
PLACE: dict[str, Any] = {"place": {"address": "一号"}, "applicant": {"id_number": ID_NUMBER}}


def test_two_cases_are_told_apart_by_the_fields_that_say_what_they_are_about() -> None:
    key = objects.key(ITEM, PLACE)

    assert key == objects.key(ITEM, PLACE | {"note": "x"})
    others: list[dict[str, Any]] = [
        {"place": {"address": "二号"}},
        {"applicant": {}},
        {"place": {}},
        {"place": None},
    ]
    keys = {objects.key(ITEM, PLACE | other) for other in others}
    assert key not in keys
    assert len(keys) == 3  # no address is no address
    assert "一号" not in key
    assert objects.key(an_item({"properties": {}}), PLACE) == ""


def test_whom_a_form_is_about_is_known_as_a_person_is() -> None:
    assert objects.named(PLACE) == vault.blind("id_number", ID_NUMBER)
    assert objects.named({"applicant": {"id_number": ID_NUMBER.lower()}}) == objects.named(PLACE)
    assert objects.named({}) is objects.named({"applicant": {"name": "王"}}) is None


def test_a_form_is_sealed_for_its_own_row() -> None:
    row = {"form_id": CASE, "form_no": 2, "form_sealed": forms.sealed({"a": "王"}, CASE)}

    assert forms.opened(row) == ({"a": "王"}, 2)
    assert "王".encode() not in forms.sealed({"a": "王"}, CASE)
    with pytest.raises(SealBroken):
        forms.opened(row | {"form_id": OTHER})


STEPS = an_item(
    {"properties": {}},
    notice_days=5,
    route=tuple(SimpleNamespace(days=days) for days in (1, 3, 0)),
)


@pytest.mark.parametrize(
    ("after", "step", "due"),
    [
        (S.SUBMITTED, 1, "2026-03-16"),
        (S.ACCEPTED, 1, "2026-03-10"),
        (S.ACCEPTED, 2, "2026-03-12"),
        (S.UNDER_REVIEW, 2, "2026-03-12"),
        (S.DISPATCHED, 1, "2026-03-10"),
        # On the spot: by the end of the day.
        (S.UNDER_REVIEW, 3, "2026-03-09"),
        # Ten working days to deliver what was decided.
        (S.APPROVED, 3, "2026-03-23"),
        (S.DENIED, 3, "2026-03-23"),
        *(
            (status, 1, None)
            for status in S
            if status
            not in (RUNNING - {S.SUPPLEMENT_REQUESTED}) | {S.SUBMITTED, S.APPROVED, S.DENIED}
        ),
    ],
)
def test_a_unit_must_act_until_the_limit_of_its_step(
    after: CaseStatus, step: int, due: str | None
) -> None:
    known: Any = SimpleNamespace(item=STEPS, step=step)
    found = dues.of_task(known, after, NOW)

    assert found == (due and datetime.fromisoformat(f"{due}T23:59:59+08:00"))


def test_a_step_that_begins_later_is_due_later() -> None:
    known: Any = SimpleNamespace(item=STEPS, step=1)

    assert dues.of_step(known, 2, NOW).date().isoformat() == "2026-03-12"
    friday = datetime(2026, 3, 13, 9, tzinfo=CITY_TIME)
    assert dues.of_step(known, 2, friday).date().isoformat() == "2026-03-18"
