"""What applicants are told of, from the flows' tables; and which of its words nobody wrote."""

from collections.abc import Iterator, Mapping

from backend.cases.rules import texts
from backend.cases.rules.flows import MOVES
from backend.cases.rules.lifecycle import INSIDE, Action
from config.sources import BadRow
from models import Flow
from notifications.telling.messages import OUTCOMES
from notifications.telling.wordings import FOR_SOMEBODY, Instead

REVOKE_PAPER = "revoke_paper"
"""Told of any case with papers, and no move: the case stays as it is."""


def actions(flow: Flow) -> frozenset[Action]:
    """What is done with cases of the flow and told: how they begin, and every move not inside."""
    moves = {action for found in MOVES[flow].values() for action in found}
    return frozenset(moves - INSIDE.keys()) | {Action.SUBMIT}


def _names(flow: Flow) -> frozenset[str]:
    """The same by the names of their messages: a decision has one for each outcome."""
    done = actions(flow)
    decided = set(OUTCOMES.values()) if Action.DECIDE in done else set()
    by_others = {by.of(action) for action in FOR_SOMEBODY if action in done for by in Instead}
    warned = {"supplement_due"} if Action.REQUEST_SUPPLEMENT in done else set()
    return frozenset(done - {Action.DECIDE}) | warned | decided | by_others | {REVOKE_PAPER}


TOLD: Mapping[str, frozenset[str]] = {flow: _names(flow) for flow in MOVES}
"""By flow what `messages.yaml` has words for; there is a message kind `case.…` of each."""


def unsaid(labels: Mapping[str, str]) -> Iterator[BadRow]:
    """A row for each action without its sentence of the timeline or its label in the API."""
    file = f"{texts.__name__.replace('.', '/')}.py"
    for flow in MOVES:
        for action in sorted(actions(flow)):
            if not texts.has_sentence(flow, action):
                reason = "经过中没有这个动作的文字 / the timeline has no sentence of this action"
                yield BadRow(file, f"{flow}.{action}", reason)
    for action in Action:
        if action not in labels:
            reason = "没有名称 / has no label"
            yield BadRow("backend/http/openapi/words.yaml", f"values.Action.{action}", reason)
