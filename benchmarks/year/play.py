"""Playing the year under some of the rules: what is asked at each tap, spent, and arrives."""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count

from backend.cases.rules import outlook
from backend.cases.rules.lifecycle import FINAL
from backend.cases.rules.outlook import Ahead, Outlook, State
from backend.messages import planning
from backend.messages.planning import Purpose
from benchmarks.year.city import Change, Filed, Item
from models import CaseStatus, Flow, Importance
from notifications.telling.funnel import TABLE
from notifications.telling.wordings import wordings

HOUR = 1 / 24
PROGRESS = "case_progress"
ALL_TAPS = frozenset({Purpose.SUBMIT, Purpose.SUPPLEMENT, Purpose.VIEW, Purpose.OPEN})


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Which rules are in force, at which taps is asked, and how often the answer is yes."""

    name: str
    own_acts_in_inbox: bool = True
    last_credit_kept: bool = True
    answers_first: bool = True
    figures: bool = True
    taps: frozenset[Purpose] = frozenset({Purpose.SUBMIT})
    accepts: float = 1.0


@dataclass
class Found:
    """What came of it: messages by how much they matter, on the phone and in all; questions."""

    told: Counter[Importance] = field(default_factory=Counter)
    arrived: Counter[Importance] = field(default_factory=Counter)
    results: dict[int, bool] = field(default_factory=dict)
    asked: int = 0

    @property
    def on_phone(self) -> int:
        """How many arrived that told somebody more than what they did themselves."""
        return sum(self.arrived.values()) - self.arrived[Importance.ECHO]

    @property
    def result_share(self) -> float:
        """Of the cases that had a result, how many brought the first one to the phone."""
        return sum(self.results.values()) / max(len(self.results), 1)


@dataclass(frozen=True)
class _Copy:
    """A message on its way, or waiting for a credit."""

    day: float
    case: Filed
    change: Change
    importance: Importance
    template: str
    reserve: int
    first_result: bool


class Year:
    """One year under one set of rules."""

    def __init__(self, cases: Sequence[Filed], rules: Rules, *, seed: int) -> None:
        self.found = Found()
        self._rules = rules
        self._luck = random.Random(seed)
        self._credits: dict[int, Counter[str]] = defaultdict(Counter)
        self._open: dict[int, dict[int, tuple[Item, State]]] = defaultdict(dict)
        self._waiting: dict[int, list[_Copy]] = defaultdict(list)
        self._figures = _Figures(used=rules.figures)
        self._serial = count()
        self._events: list[tuple[float, int, Filed, Change, bool]] = []
        for case in cases:
            for change in case.changes:
                self._add(change.day, case, change)
                for day in change.visits:
                    self._add(day, case, change, visit=True)

    def play(self) -> Found:
        """Everything in the order of time."""
        while self._events:
            day, _, case, change, visit = heapq.heappop(self._events)
            if visit:
                self._tap(day, case.resident, Purpose.VIEW)
            else:
                self._change(day, case, change)
        return self.found

    def _add(self, day: float, case: Filed, change: Change, *, visit: bool = False) -> None:
        heapq.heappush(self._events, (day, next(self._serial), case, change, visit))

    def _change(self, day: float, case: Filed, change: Change) -> None:
        if change.name == "submit":
            self._tap(day, case.resident, Purpose.SUBMIT, new=case.item)
        elif change.name == "supplement":
            self._tap(day, case.resident, Purpose.SUPPLEMENT)
        if change.state.status in FINAL:
            self._open[case.resident].pop(case.number, None)
            self._figures.ended(case)
        else:
            self._open[case.resident][case.number] = case.item, change.state
        row = TABLE[case.item.flow][change.name]
        self.found.told[row.importance] += 1
        result = row.importance is Importance.RESULT
        first_result = result and case.number not in self.found.results
        if first_result:
            self.found.results[case.number] = False
        if row.importance is Importance.ECHO and self._rules.own_acts_in_inbox:
            return
        template = wordings()[case.item.flow, change.name].template or PROGRESS
        reserve = 0
        if row.importance is Importance.INFO and self._rules.last_credit_kept:
            reserve = outlook.reserve(self._cases(case.resident), template, row.importance)
        elif result and not first_result and self._rules.answers_first:
            cases = self._cases(case.resident)
            reserve = outlook.reserve(cases, template, row.importance, answered=True)
        copy = _Copy(day, case, change, row.importance, template, reserve, first_result)
        self._send(copy, day)

    def _send(self, copy: _Copy, day: float) -> bool:
        """As a claim decides it: more credits than are to be left, or it waits."""
        credit = self._credits[copy.case.resident]
        if credit[copy.template] <= copy.reserve:
            if day == copy.day:
                self._waiting[copy.case.resident].append(copy)
            return False
        credit[copy.template] -= 1
        self.found.arrived[copy.importance] += 1
        if copy.first_result:
            self.found.results[copy.case.number] = True
        if copy.change.opened:
            self._add(day + HOUR, copy.case, copy.change, visit=True)
        return True

    def _tap(self, day: float, resident: int, purpose: Purpose, new: Item | None = None) -> None:
        if purpose is Purpose.VIEW and purpose not in self._rules.taps:
            purpose = Purpose.OPEN
        if purpose not in self._rules.taps:
            return
        cases = [each for _, each in self._cases(resident)]
        if new:
            cases.append(self._figures.of(new, State(CaseStatus.SUBMITTED)))
        ahead = outlook.total(cases)
        credit = self._credits[resident]
        planned = planning.asked(ahead, credit, vital_only=purpose is Purpose.OPEN)
        asked = [each.template.name for each in planned if each.ask]
        self.found.asked += bool(asked)
        for template in asked:
            if self._luck.random() < self._rules.accepts:
                credit[template] += 1
        waiting = [copy for copy in self._waiting.pop(resident, []) if copy.day > day - HOUR]
        self._waiting[resident] = [copy for copy in waiting if not self._send(copy, day)]

    def _cases(self, resident: int) -> list[tuple[CaseStatus, Outlook]]:
        cases = self._open[resident].values()
        return [(state.status, self._figures.of(item, state)) for item, state in cases]


class _Figures:
    """What the job learns from the cases that ended, here from each at once."""

    def __init__(self, *, used: bool) -> None:
        self._used = used
        self._cases: Counter[tuple[str, State]] = Counter()
        self._sums: dict[tuple[str, State], dict[str, Ahead]] = defaultdict(dict)
        self._known: dict[tuple[str, State], Outlook] = {}

    def ended(self, case: Filed) -> None:
        """Count what followed each of its changes."""
        later: dict[str, Ahead] = {}
        for change in reversed(case.changes):
            place = case.item.code, _place(change.state)
            self._known.pop(place, None)
            self._cases[place] += 1
            sums = self._sums[place]
            for template, ahead in later.items():
                sums[template] = sums.get(template, Ahead()).plus(ahead)
            template, one = _sent(case.item.flow, change.name)
            if template:
                later[template] = later.get(template, Ahead()).plus(one)

    def of(self, item: Item, state: State) -> Outlook:
        """What is expected of a case of the item."""
        place = item.code, _place(state)
        guess = outlook.guess(item.flow, item.steps, state)
        if not self._used or not (cases := self._cases[place]):
            return guess
        if place not in self._known:
            seen = {
                template: Ahead().plus(ahead, 1 / cases)
                for template, ahead in self._sums[place].items()
            }
            self._known[place] = outlook.blended(guess, seen, cases)
        return self._known[place]


@cache
def _sent(flow: Flow, name: str) -> tuple[str, Ahead]:
    """The template of a message, none for the inbox alone; and one of its importance."""
    wording = wordings()[flow, name]
    if not wording.template:
        return "", Ahead()
    return wording.template, Ahead(**{wording.told.importance.value: 1.0})


def _place(state: State) -> State:
    """Figures are of a status at a step, whatever a supplement leads back to."""
    return State(state.status, state.step)
