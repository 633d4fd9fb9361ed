"""Finding items by what people type: words, everyday synonyms, pinyin, initials, with typos.

An index in memory over the published items: a few hundred names and synonyms are looked at whole,
so that a query takes about a millisecond and needs no search server.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backend.pinyin import normal, sound, syllables

_LETTERS = re.compile(r"[a-z]+")
_FILLERS = re.compile(
    "请问|我想|我要|想要|怎么办理|怎么办|怎么|如何|可以|能不能|有没有|在哪里|在哪|哪里|需要什么"
    "|材料|流程|办理|申请|一下|[吗呢了的啊吧呀]"
)
_SHORTEST = 2
_SHORTEST_INSIDE = 4
_NAME, _AROUND, _EDGE = 1.0, 0.3, 0.12
_FEATURE_WEIGHTS = {1: 0.3, 2: 1.0}
_SOUND_WEIGHTS = {1: 0.12, 2: 0.55}
_LEAST_SCORE = 5.0
_LEAST_SHARE = 0.12
_FUZZY_BELOW = 60.0
_LEAST_LIKENESS = 0.45


@dataclass(frozen=True)
class Entry:
    """What is known of one item: its name and synonyms find it, the rest only helps."""

    code: str
    name: str
    synonyms: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    edge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Term:
    """A name or synonym in all the ways it may be typed."""

    text: str
    letters: str
    starts: frozenset[int]
    initials: str
    sound: str
    trigrams: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """An item found and how well it fits; scores compare within one query only."""

    code: str
    score: float


class Index:
    """The published items, ready to be asked."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self._terms = [
            [_term(text) for text in dict.fromkeys(map(normal, (entry.name, *entry.synonyms)))]
            for entry in self._entries
        ]
        self._postings: dict[tuple[str, ...], dict[int, float]] = defaultdict(dict)
        for number, entry in enumerate(self._entries):
            self._post(number, (entry.name, *entry.synonyms), _NAME)
            self._post(number, entry.around, _AROUND)
            self._post(number, entry.edge, _EDGE)
        self._rarity = {
            feature: math.log(1 + len(self._entries) / len(found))
            for feature, found in self._postings.items()
        }

    def search(self, query: str) -> list[Hit]:
        """The items that fit, best first; nothing fits an empty query."""
        typed = normal(query)
        if not typed:
            return []
        scores = self._by_letters(typed) if _LETTERS.fullmatch(typed) else self._by_words(typed)
        best = max(scores.values(), default=0.0)
        least = max(_LEAST_SCORE, best * _LEAST_SHARE)
        found = [(score, number) for number, score in scores.items() if score >= least]
        found.sort(key=lambda hit: (-hit[0], hit[1]))
        return [Hit(self._entries[number].code, score) for score, number in found]

    def _post(self, number: int, texts: Iterable[str], weight: float) -> None:
        for text in texts:
            for feature, share in _features(normal(text)):
                found = self._postings[feature]
                found[number] = max(found.get(number, 0.0), weight * share)

    def _by_words(self, typed: str) -> dict[int, float]:
        meant = _FILLERS.sub("", typed)
        meant = meant if len(meant) >= _SHORTEST else typed
        scores: dict[int, float] = defaultdict(float)
        total = 0.0
        for feature, share in _features(meant):
            rarity = self._rarity.get(feature, 0.0)
            total += rarity * share
            for number, weight in self._postings.get(feature, {}).items():
                scores[number] += rarity * weight
        letters = "".join(syllables(meant))
        return {
            number: 50 * score / total
            + max(_word_fit(meant, letters, term) for term in self._terms[number])
            for number, score in scores.items()
        }

    def _by_letters(self, typed: str) -> dict[int, float]:
        heard = sound(typed)
        scores = {
            number: max(_letter_fit(typed, heard, term) for term in terms)
            for number, terms in enumerate(self._terms)
        }
        if max(scores.values(), default=0.0) < _FUZZY_BELOW:
            wanted = _trigrams(heard)
            for number, terms in enumerate(self._terms):
                likeness = max(_likeness(wanted, term.trigrams) for term in terms)
                if likeness >= _LEAST_LIKENESS:
                    scores[number] = max(scores[number], _FUZZY_BELOW * likeness)
        return scores


def _term(text: str) -> _Term:
    spoken = syllables(text)
    letters = "".join(spoken)
    starts, position = set(), 0
    for syllable in spoken:
        starts.add(position)
        position += len(syllable)
    heard = sound(letters)
    initials = "".join(syllable[0] for syllable in spoken)
    return _Term(text, letters, frozenset(starts), initials, heard, _trigrams(heard))


def _features(text: str) -> Iterator[tuple[tuple[str, ...], float]]:
    """Single characters, neighbours, and how both sound; each with its share."""
    spoken = [sound(syllable) for syllable in syllables(text)]
    for size, share in _FEATURE_WEIGHTS.items():
        for start in range(len(text) - size + 1):
            yield ("text", text[start : start + size]), share
    for size, share in _SOUND_WEIGHTS.items():
        for start in range(len(spoken) - size + 1):
            yield ("sound", *spoken[start : start + size]), share


def _word_fit(typed: str, letters: str, term: _Term) -> float:
    """Up to 50 for the same words, up to 40 for words that sound the same."""
    if term.text == typed:
        return 50.0
    if typed in term.text:
        return 30.0 + 15.0 * len(typed) / len(term.text)
    if len(term.text) >= _SHORTEST and term.text in typed:
        return 45.0 * math.sqrt(len(term.text) / len(typed))
    if term.letters == letters:
        return 40.0
    if letters in term.letters or (len(term.text) > _SHORTEST and term.letters in letters):
        shorter, longer = sorted((len(letters), len(term.letters)))
        return 18.0 + 15.0 * shorter / longer
    return 0.0


def _letter_fit(typed: str, heard: str, term: _Term) -> float:
    """Up to 100: full pinyin before initials, whole before beginning before middle."""
    if term.letters == typed:
        return 100.0
    if term.initials == typed:
        return 95.0
    if term.sound == heard:
        return 88.0
    fits = [0.0]
    place = term.letters.find(typed)
    if place >= 0 and place in term.starts:
        fits.append((80.0 if place == 0 else 68.0) + 12.0 * len(typed) / len(term.letters))
    if len(typed) >= _SHORTEST and typed in term.initials:
        begins = term.initials.startswith(typed)
        fits.append((55.0 if begins else 42.0) + 25.0 * len(typed) / len(term.initials))
    if len(term.sound) >= _SHORTEST_INSIDE and term.sound in heard:
        fits.append(50.0 + 30.0 * len(term.sound) / len(heard))
    elif len(heard) >= _SHORTEST_INSIDE and heard in term.sound:
        fits.append(45.0 + 30.0 * len(heard) / len(term.sound))
    return max(fits)


def _trigrams(letters: str) -> frozenset[str]:
    padded = f"^{letters}$"
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))
