"""Each move that is told has all its words, and one that lacks some is refused at the start."""

from types import MappingProxyType

import pytest

from backend.cases.rules import flows, told
from backend.cases.rules.lifecycle import INSIDE, Action, By, Move
from backend.http.openapi.words import words
from miniprogram_api.process import served_files
from models import CaseStatus, Flow
from notifications.telling.messages import OUTCOMES
from notifications.telling.wordings import wordings

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
