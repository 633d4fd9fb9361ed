"""Which messages a case is likely to bring yet: what may spend a credit, and what to ask for.

The flow's table and how often people usually do what give a first guess; figures of past cases of
the same item take its place as there are more of them (`blended`).
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from backend.cases.rules.flows import MOVES
from backend.cases.rules.lifecycle import INSIDE, Action, Move
from backend.cases.rules.rights import HANDED_OUT
from models import CaseStatus, Channel, Flow, Importance
from notifications.telling.messages import OUTCOMES
from notifications.telling.wordings import wordings

HABITS: Mapping[Action, float] = {
    Action.WITHDRAW: 0.02,
    Action.REQUEST_SUPPLEMENT: 0.1,
    Action.RETURN: 0.05,
    Action.DECLINE: 0.05,
    Action.REOPEN: 0.1,
    Action.HANDOVER: 0.02,
}
"""How often each is done where it can be; the other moves share what is left."""

GUESS_WEIGHT = 5
"""As many past cases count as much as the guess."""

SLACK = 0.2
"""A message that is less likely than this is not worth a credit that another could have now."""

_SWEEPS = 200
_EXACT = 1e-4


class State(NamedTuple):
    """Where a case is; `resume` is where an answered supplement request leads it back to."""

    status: CaseStatus
    step: int = 1
    resume: CaseStatus = CaseStatus.SUBMITTED


class Turn(NamedTuple):
    """What may happen next, how likely, and where it leads; `name` is that of its message."""

    share: float
    name: str
    state: State


class Ahead(NamedTuple):
    """How many messages of one template are to be expected, by how much they matter."""

    act: float = 0.0
    result: float = 0.0
    info: float = 0.0

    @property
    def important(self) -> float:
        """What must not be missed."""
        return self.act + self.result

    @property
    def all(self) -> float:
        """With what is only good to know."""
        return self.important + self.info

    def plus(self, other: "Ahead", times: float = 1.0) -> "Ahead":
        """Add so much of another."""
        return Ahead(
            self.act + times * other.act,
            self.result + times * other.result,
            self.info + times * other.info,
        )


Outlook = Mapping[str, Ahead]
"""By template; what is missing is not expected."""


def turns(
    flow: Flow, steps: int, state: State, habits: Mapping[Action, float] = HABITS
) -> list[Turn]:
    """What may happen next; the shares add up to 1, and none is left where a case has ended."""
    moves = {
        action: move
        for action, move in MOVES[flow][state.status].items()
        if action not in INSIDE and move.fits(state.step, steps)
    }
    rare = {action: habits[action] for action in moves if action in habits}
    usual = len(moves) - len(rare)
    total = sum(rare.values())
    rest = (1 - total) / usual if usual else 0.0
    found = []
    for action, move in moves.items():
        share = rare.get(action, rest) if usual else rare[action] / total
        after = list(_after(action, move, state))
        found += [Turn(share / len(after), name, then) for name, then in after]
    return found


def guess(flow: Flow, steps: int, state: State) -> Outlook:
    """What the flow's table lets expect from here on."""
    return _guesses(flow, steps).get(state, {})


def blended(guessed: Outlook, seen: Outlook, cases: int) -> Outlook:
    """The guess, as far as `cases` past cases with `seen` on average do not say better."""
    weight = GUESS_WEIGHT / (GUESS_WEIGHT + cases)
    return {
        template: Ahead()
        .plus(guessed.get(template, Ahead()), weight)
        .plus(seen.get(template, Ahead()), 1 - weight)
        for template in {*guessed, *seen}
    }


def total(outlooks: Iterable[Outlook]) -> Outlook:
    """What several cases bring together."""
    found: dict[str, Ahead] = {}
    for outlook in outlooks:
        for template, ahead in outlook.items():
            found[template] = found.get(template, Ahead()).plus(ahead)
    return found


def reserve(
    open_cases: Iterable[tuple[CaseStatus, Outlook]],
    template: str,
    importance: Importance,
    *,
    answered: bool = False,
) -> int:
    """How many credits of the template a message must leave for what the open cases bring yet.

    What only informs leaves them for all that matters more; what follows on an answer (`answered`,
    as its delivery does) for the answers that others of the cases still wait for.
    """
    ahead = [(status, outlook.get(template, Ahead()).important) for status, outlook in open_cases]
    if importance is Importance.INFO:
        return math.ceil(max(sum(important for _, important in ahead) - SLACK, 0))
    if importance is Importance.RESULT and answered:
        return sum(important > SLACK and status not in HANDED_OUT for status, important in ahead)
    return 0


def sent_kinds() -> Iterator[tuple[str, str, str, Importance]]:
    """Flow, message, template and importance of whatever is sent of a case over WeChat."""
    for (subject, name), wording in wordings().items():
        if subject in MOVES and Channel.WECHAT in wording.told.over:
            yield subject, name, wording.template, wording.told.importance


def _after(action: Action, move: Move, state: State) -> Iterator[tuple[str, State]]:
    """Where it leads, and the message that tells of it; a decision may go either way."""
    step = state.step + {Action.PASS: 1, Action.RETURN: -1}.get(action, 0)
    asked = action is Action.REQUEST_SUPPLEMENT
    resume = state.status if asked else CaseStatus.SUBMITTED
    for status in sorted(move.after or {state.resume}):
        name = OUTCOMES[status] if action is Action.DECIDE else str(action)
        yield name, State(status, step, resume)


@cache
def _guesses(flow: Flow, steps: int) -> Mapping[State, Outlook]:
    """Of each state that a case can come to, by repeating until nothing moves any more."""
    told = {
        name: (template, Ahead(**{importance.value: 1.0}))
        for subject, name, template, importance in sent_kinds()
        if subject == flow
    }
    ways = dict(_reached(flow, steps))
    found: dict[State, dict[str, Ahead]] = {state: {} for state in ways}
    for _ in range(_SWEEPS):
        moved = 0.0
        for state, following in ways.items():
            outlook: dict[str, Ahead] = {}
            for share, name, then in following:
                ahead = dict(found[then])
                if name in told:
                    template, one = told[name]
                    ahead[template] = ahead.get(template, Ahead()).plus(one)
                for template, more in ahead.items():
                    outlook[template] = outlook.get(template, Ahead()).plus(more, share)
            before = sum(each.all for each in found[state].values())
            moved = max(moved, abs(sum(each.all for each in outlook.values()) - before))
            found[state] = outlook
        if moved < _EXACT:
            break
    return found


def _reached(flow: Flow, steps: int) -> Iterator[tuple[State, list[Turn]]]:
    waiting, known = [State(CaseStatus.SUBMITTED)], set[State]()
    while waiting:
        state = waiting.pop()
        if state not in known:
            known.add(state)
            following = turns(flow, steps, state)
            waiting += [turn.state for turn in following]
            yield state, following
