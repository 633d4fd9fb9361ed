"""Which templates are asked for at a tap: those first whose missing messages matter most."""

from dataclasses import replace

import pytest

from backend.cases.rules.outlook import Ahead
from backend.messages import planning
from models import Importance
from notifications.channels.wechat import templates
from notifications.channels.wechat.templates import Consent

AHEAD = {
    "case_progress": Ahead(result=1.9, info=3.0),
    "action_needed": Ahead(act=0.1),
    "appointment": Ahead(info=0.1),
}


def asked(balances: dict[str, int], *, vital_only: bool = False) -> dict[str, tuple[int, bool]]:
    """By template in the order of the answer: how many are expected, whether to ask."""
    found = planning.asked(AHEAD, balances, vital_only=vital_only)
    return {each.template.name: (each.expected_messages, each.ask) for each in found}


@pytest.mark.parametrize(
    ("balances", "vital_only", "expected"),
    [
        ({}, False, {"case_progress": (5, True), "action_needed": (1, True)}),
        ({"case_progress": 2}, False, {"action_needed": (1, True), "case_progress": (5, True)}),
        ({"case_progress": 2}, True, {"action_needed": (1, True), "case_progress": (2, False)}),
        (
            {"case_progress": 5, "action_needed": 1},
            False,
            {"case_progress": (5, False), "action_needed": (1, False)},
        ),
    ],
)
def test_what_matters_and_is_missing_is_asked_for_first(
    *, balances: dict[str, int], vital_only: bool, expected: dict[str, tuple[int, bool]]
) -> None:
    assert list(asked(balances, vital_only=vital_only).items()) == list(expected.items())


def test_it_says_what_for() -> None:
    progress, action = planning.asked(AHEAD, {})

    assert (progress.importance, progress.why) == (Importance.RESULT, "有办理结果时，及时通知您")
    assert (action.importance, action.why) == (Importance.ACT, "需要您处理时，及时通知您")


def test_one_yes_is_enough_where_it_is_good_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    known = templates.templates()
    long_term = {name: replace(each, consent=Consent.LONG_TERM) for name, each in known.items()}
    monkeypatch.setattr(planning, "templates", lambda: long_term)

    assert asked({"case_progress": 1, "action_needed": 1}) == {
        "case_progress": (5, False),
        "action_needed": (1, False),
    }
