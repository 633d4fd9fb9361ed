"""The published items and what is near them, ready to be asked for."""

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from backend.catalogue.search import features
from backend.catalogue.search.letters import Letters
from backend.catalogue.search.terms import Terms
from backend.catalogue.search.words import Words
from backend.pinyin import normal

_LETTERS = re.compile(r"[a-z]+")
_AROUND = 0.6
_LATER = 0.05  # what a topic's second item loses, the third twice
# Below this it is not what was asked for; measured with the 150 questions of the tests.
_LEAST_SCORE = 22.0
_LEAST_SHARE = 0.3
# Nobody is sent away with what may be done here.
_LEAST_NEARBY, _CLEARLY, _LEAST_BESIDE_NEARBY = 40.0, 1.08, 0.85


@dataclass(frozen=True)
class Entry:
    """What is known of one item: its names find it, what is `around` helps.

    `topics` are situations in which it is named, each with its place among the items named then.
    """

    code: str
    names: tuple[str, ...]
    topics: tuple[tuple[str, int], ...] = ()
    around: tuple[str, ...] = ()


@dataclass(frozen=True)
class Nearby:
    """What another office does, the words for it, and where to go."""

    name: str
    go_to: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """An item found and how well it fits, up to 100; scores compare within one query only."""

    code: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The items that fit, best first; what of other offices fits better than any of them."""

    hits: tuple[Hit, ...] = ()
    nearby: tuple[Nearby, ...] = ()


class Index:
    """The items and what is near them, by all their terms: a few thousand short texts."""

    def __init__(
        self, entries: Iterable[Entry], nearby: Iterable[Nearby] = (), words: Words | None = None
    ) -> None:
        self._words = words or Words()
        self._nearby = tuple(nearby)
        known = list(entries)
        self._codes = [entry.code for entry in known]
        self._owners, self._weights = array("H"), array("f")
        # What is spoken comes first, so that a term's number is the same among the letters.
        spoken = list(self._own(chain(map(_spoken, known), map(_said, self._nearby))))
        around = list(self._own([(text, _AROUND) for text in entry.around] for entry in known))
        self._letters = Letters(spoken)
        self._terms = Terms(features.of(text, self._words) for text in spoken + around)

    def search(self, query: str) -> Found:
        """What fits; nothing fits an empty query, and nothing is found rather than anything."""
        typed = normal(query)
        fits = self._terms.fits(features.of(query, self._words))
        scores: dict[int, float] = {}
        for number, fit in fits.items():
            self._keep(scores, number, 100 * fit)
        if _LETTERS.fullmatch(typed):
            for number, score in self._letters.fits(typed).items():
                self._keep(scores, number, score)
        return self._found(scores)

    def _own(self, owned: Iterable[list[tuple[str, float]]]) -> Iterator[str]:
        for owner, texts in enumerate(owned):
            for text, weight in dict(reversed(texts)).items():
                self._owners.append(owner)
                self._weights.append(weight)
                yield text

    def _keep(self, scores: dict[int, float], number: int, score: float) -> None:
        owner = self._owners[number]
        scores[owner] = max(scores.get(owner, 0.0), score * self._weights[number])

    def _found(self, scores: dict[int, float]) -> Found:
        ranked = sorted(scores.items(), key=lambda hit: (-hit[1], hit[0]))
        items = [hit for hit in ranked if hit[0] < len(self._codes)]
        nearby = [hit for hit in ranked if hit[0] >= len(self._codes)]
        best = max((score for _, score in items[:1]), default=0.0)
        near = max((score for _, score in nearby[:1]), default=0.0)
        least = max(_LEAST_SCORE, best * _LEAST_SHARE)
        if near < _LEAST_NEARBY or near < best * _CLEARLY:
            nearby = []
        else:
            least = max(least, near * _LEAST_BESIDE_NEARBY)
        return Found(
            tuple(Hit(self._codes[owner], score) for owner, score in items if score >= least),
            tuple(
                self._nearby[owner - len(self._codes)] for owner, score in nearby if score >= least
            ),
        )


def _spoken(entry: Entry) -> list[tuple[str, float]]:
    names = [(name, 1.0) for name in entry.names]
    return names + [(text, 1.0 - _LATER * place) for text, place in entry.topics]


def _said(nearby: Nearby) -> list[tuple[str, float]]:
    return [(word, 1.0) for word in (nearby.name, *nearby.words)]
