"""The city: residents, cases of the catalogue's items, and when what happens to each."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from backend.cases.rules import outlook
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.outlook import HABITS, State
from backend.catalogue.loading import contents
from backend.organisation import contents as organisation
from models import CaseStatus, Flow

YEAR_DAYS = 365.0
CASES_EACH = 2.5
"""How many cases a resident files in the year, on average."""
CHANGE_DAYS = 3.0
"""Between two changes of a case, on average."""
VISIT_DAYS = 7.0
"""Between two times that somebody looks after an open case of their own accord."""
LOOKS_AFTER_MESSAGE = 0.6
"""How often a message on the phone is opened, which is a tap in the app."""
HABIT_SPREAD = 0.6
"""Items differ: the logarithm of how often something is done with one has this deviation."""
MAX_SHARE = 0.3


class Kind(NamedTuple):
    """A service item, as far as it matters here."""

    code: str
    flow: Flow
    steps: int


@dataclass(frozen=True)
class Item:
    """A service item, and how often its people do what may be done."""

    code: str
    flow: Flow
    steps: int
    habits: Mapping[Action, float]


@dataclass(frozen=True)
class Change:
    """One change of a case: its message's name, where the case is then, and luck drawn before."""

    day: float
    name: str
    state: State
    opened: bool
    visits: tuple[float, ...]


@dataclass(frozen=True)
class Filed:
    """A case with all its changes, the first of them its submission."""

    number: int
    resident: int
    item: Item
    changes: tuple[Change, ...]


def build(kinds: Sequence[Kind], *, cases: int, seed: int) -> list[Filed]:
    """So many cases of these items; the same for the same seed."""
    luck = random.Random(seed)
    items = [_item(kind, luck) for kind in kinds]
    residents = max(1, round(cases / CASES_EACH))
    return [
        Filed(number, luck.randrange(residents), item, tuple(_changes(item, luck)))
        for number, item in zip(range(cases), _drawn(items, luck), strict=False)
    ]


def catalogue() -> list[Kind]:
    """The city's items that have cases."""
    departments = frozenset(organisation.read().department_codes)
    return [
        Kind(item.code, Flow(item.fields["flow"]), len(item.fields["route"]))
        for item in contents.read(departments).items
        if item.fields["flow"] != Flow.BOOKING
    ]


def _item(kind: Kind, luck: random.Random) -> Item:
    """With habits of its own around the usual ones."""
    habits = {
        action: min(usual * luck.lognormvariate(0, HABIT_SPREAD), MAX_SHARE)
        for action, usual in HABITS.items()
    }
    return Item(*kind, habits)


def _drawn(items: list[Item], luck: random.Random) -> Iterator[Item]:
    """Few items are asked for often, most seldom."""
    weights = [1 / rank for rank in range(1, len(items) + 1)]
    luck.shuffle(items)
    for _ in count():
        yield luck.choices(items, weights)[0]


def _changes(item: Item, luck: random.Random) -> Iterator[Change]:
    day, name, state = luck.uniform(0, YEAR_DAYS), "submit", State(CaseStatus.SUBMITTED)
    while True:
        turns = outlook.turns(item.flow, item.steps, state, item.habits)
        lasts = luck.expovariate(1 / CHANGE_DAYS) if turns else 0.0
        visits = tuple(_visits(day, day + lasts, luck))
        yield Change(day, name, state, luck.random() < LOOKS_AFTER_MESSAGE, visits)
        if not turns:
            return
        turn = luck.choices(turns, [turn.share for turn in turns])[0]
        day, name, state = day + lasts, turn.name, turn.state


def _visits(since: float, until: float, luck: random.Random) -> Iterator[float]:
    day = since + luck.expovariate(1 / VISIT_DAYS)
    while day < until:
        yield day
        day += luck.expovariate(1 / VISIT_DAYS)
