"""What is typed in letters alone: full pinyin, initials, the beginnings of both, with typos."""

import re
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator

from backend.pinyin import normal, sound, syllables

_SHORTEST = 2
_SHORTEST_INSIDE = 4
_FUZZY_BELOW = 60.0
_LEAST_LIKENESS = 0.45
_END = "|"
_WORD = re.compile(r"[a-z0-9]+")


class Letters:
    """The terms as they are spoken; each is known by its number."""

    def __init__(self, terms: Iterable[str]) -> None:
        texts = list(terms)
        spoken = [_spoken(text) for text in texts]
        self._letters = _Row("".join(term) for term in spoken)
        self._initials = _Row(map(_initials, spoken, texts))
        self._sounds = _Row(sound("".join(term)) for term in spoken)
        self._beginnings = [_beginnings(term) for term in spoken]
        self._trigrams = _Trigrams(self._sounds)

    def fits(self, typed: str) -> dict[int, float]:
        """Up to 100 for each term that fits: whole before beginning before middle."""
        heard = sound(typed)
        fits: dict[int, float] = {}
        for number, value in self._fits(typed, heard):
            if value > fits.get(number, 0.0):
                fits[number] = value
        if max(fits.values(), default=0.0) < _FUZZY_BELOW:
            for number, likeness in self._trigrams.alike(heard):
                fits[number] = max(fits.get(number, 0.0), _FUZZY_BELOW * likeness)
        return fits

    def _fits(self, typed: str, heard: str) -> Iterator[tuple[int, float]]:
        yield from self._spelt(typed)
        for number, place, share in self._initials.holding(typed):
            if share == 1:
                yield number, 95.0
            elif len(typed) >= _SHORTEST:
                yield number, (42.0 if place else 55.0) + 25.0 * share
        for number, _, share in self._sounds.holding(heard):
            if share == 1:
                yield number, 88.0
            elif len(heard) >= _SHORTEST_INSIDE:
                yield number, 45.0 + 30.0 * share
        for number, share in self._sounds.inside(heard):
            yield number, 50.0 + 30.0 * share

    def _spelt(self, typed: str) -> Iterator[tuple[int, float]]:
        for number, place, share in self._letters.holding(typed):
            if share == 1:
                yield number, 100.0
            elif self._beginnings[number] >> place & 1:
                yield number, (68.0 if place else 80.0) + 12.0 * share


class _Row:
    """Texts in one long one, so that one look finds all that hold what is typed."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts: dict[str, array[int]] = {}
        self._starts = array("I")
        joined, place = [], 1
        for number, text in enumerate(texts):
            self.texts.setdefault(text, array("H")).append(number)
            self._starts.append(place)
            joined.append(text)
            place += len(text) + 1
        self._all = f"{_END}{_END.join(joined)}{_END}"
        self._longest = max(map(len, joined), default=0)

    def holding(self, typed: str) -> Iterator[tuple[int, int, float]]:
        """The numbers of the texts that hold it, where, and what share of the text it is."""
        place = self._all.find(typed)
        while place >= 0:
            number = bisect_right(self._starts, place) - 1
            start = self._starts[number]
            end = self._all.index(_END, place)
            yield number, place - start, len(typed) / (end - start)
            place = self._all.find(typed, place + 1)

    def inside(self, typed: str) -> Iterator[tuple[int, float]]:
        """The numbers of the texts that stand in it, and what share of it they are."""
        for size in range(_SHORTEST, min(self._longest, len(typed) - 1) + 1):
            for start in range(len(typed) - size + 1):
                for number in self.texts.get(typed[start : start + size], ()):
                    yield number, size / len(typed)


class _Trigrams:
    """Texts by the threes of letters they hold."""

    def __init__(self, row: _Row) -> None:
        self._holding: dict[str, array[int]] = {}
        self._sizes: dict[int, int] = {}
        for text, numbers in row.texts.items():
            parts = _threes(text)
            for part in parts:
                self._holding.setdefault(part, array("H")).extend(numbers)
            self._sizes |= dict.fromkeys(numbers, len(parts))

    def alike(self, heard: str) -> Iterator[tuple[int, float]]:
        """The numbers of the texts that are much like it, and how much, up to 1."""
        wanted = _threes(heard)
        shared: Counter[int] = Counter()
        for part in wanted:
            shared.update(self._holding.get(part, ()))
        for number, count in shared.items():
            likeness = 2 * count / (len(wanted) + self._sizes[number])
            if likeness >= _LEAST_LIKENESS:
                yield number, likeness


def _threes(letters: str) -> set[str]:
    padded = f"^{letters}$"
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def _spoken(text: str) -> list[str]:
    """The syllables; English is words, lest pinyin be found in the middle of one."""
    return _WORD.findall(text.lower()) if text.isascii() else syllables(normal(text))


def _initials(spoken: list[str], text: str) -> str:
    return "" if text.isascii() else "".join(each[0] for each in spoken)


def _beginnings(spoken: list[str]) -> int:
    """A bit for each place where a syllable begins."""
    bits, place = 0, 0
    for syllable in spoken:
        bits |= 1 << place
        place += len(syllable)
    return bits
