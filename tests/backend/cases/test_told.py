"""Each move that is told has all its words, and one that lacks some is refused at the start."""

from types import MappingProxyType

import pytest

from backend.cases.record.snapshot import Event
from backend.cases.rules import flows, texts, told
from backend.cases.rules.lifecycle import FINAL, INSIDE, Action, By, Move, Where
from backend.cases.rules.said import Public
from backend.http.openapi.words import words
from miniprogram_api.process import served_files
from models import CaseStatus, Flow
from notifications.telling.funnel import UNIT_ACTIONS
from notifications.telling.messages import OUTCOMES
from notifications.telling.wordings import Wording, wordings

LABELS = words().labels((), "Action")


@pytest.mark.parametrize("flow", flows.MOVES)
def test_every_move_of_every_flow_has_its_words(flow: Flow) -> None:
    moves = {action for found in flows.MOVES[flow].values() for action in found}
    names = {
        name
        for action in moves - INSIDE.keys()
        for name in (OUTCOMES.values() if action is Action.DECIDE else [action])
    }

    assert names <= told.TOLD[flow]
    assert told.TOLD[flow] == {action for subject, action in wordings() if subject == flow}
    assert list(told.unsaid(LABELS)) == []
    assert served_files.check() == []


def test_a_move_without_words_is_refused_in_a_sentence_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    move = Move(By.CLERK, frozenset({CaseStatus.CLOSED}))
    approval = flows.MOVES[Flow.APPROVAL]
    more = approval[CaseStatus.ACCEPTED] | {Action.FINISH: move}
    monkeypatch.setitem(flows.MOVES, Flow.APPROVAL, approval | {CaseStatus.ACCEPTED: more})
    few = {name: text for name, text in LABELS.items() if name != "finish"}

    assert [row.row for row in told.unsaid(MappingProxyType(few))] == [
        "approval.finish",
        "values.Action.finish",
    ]


@pytest.mark.parametrize("flow", [Flow.REQUEST, Flow.ENROL])
def test_only_an_application_is_put_right(flow: Flow) -> None:
    """补正 is the law's word for applications (行政许可法 32); others are told to add (补充)."""
    said = [f"{words.title}{words.body}{words.due}{words.fields}" for words in of(flow)]
    said += [texts.status_text(flow, status) for status in CaseStatus]
    for action, public in (
        (Action.REQUEST_SUPPLEMENT, Public()),
        (Action.SUPPLEMENT, Public()),
        (Action.SUPPLEMENT, Public(at_window=True)),
    ):
        event = Event(1, "2026-03-09T10:00:00+08:00", action, "", public, "submitted")
        said.append(texts.timeline_text(flow, event, "社区"))

    assert [text for text in said if "补正" in text] == []
    assert any("补充" in text for text in said)


def of(flow: Flow) -> list[Wording]:
    return [wording for (subject, _), wording in wordings().items() if subject == flow]


def test_whatever_leaves_a_case_to_a_unit_is_told_there() -> None:
    """What applicants do without ending the case, and what leads it to another step."""
    told_there = {Action.SUBMIT, Action.DISPATCH}
    for found in (moves for flow in flows.MOVES.values() for moves in flow.values()):
        for action, move in found.items():
            left = move.by is By.APPLICANT and not (move.after and move.after <= FINAL)
            if left or move.where in {Where.BEFORE_LAST, Where.AFTER_FIRST}:
                told_there.add(action)

    assert told_there == UNIT_ACTIONS


def test_what_only_staff_see_has_a_sentence_of_its_own_each() -> None:
    assert len({each.text for each in INSIDE.values()}) == len(INSIDE)
