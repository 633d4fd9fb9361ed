"""What everyday speech says for nothing, and what it says in many ways."""

import re
from collections.abc import Iterable, Iterator

from backend.pinyin import normal

_DIGITS = re.compile(r"\d+")
_NOTHING = "(?!)"
_LEAST = 2


class Words:
    """Words that say nothing (`fillers`), and groups of words that mean the same."""

    def __init__(self, fillers: Iterable[str] = (), same: Iterable[Iterable[str]] = ()) -> None:
        self._fillers = frozenset(map(normal, fillers))
        longest_first = sorted(self._fillers, key=len, reverse=True)
        self._filler = re.compile("|".join(map(re.escape, longest_first)) or _NOTHING)
        self._groups = {
            normal(word): f"= {number}" for number, group in enumerate(same) for word in group
        }
        self._longest = max(map(len, self._groups), default=0)

    def meant(self, text: str) -> str:
        """The text without fillers; whole where too little would be left."""
        kept = self._filler.sub("", text)
        return kept if len(kept) >= _LEAST else text

    def is_filler(self, word: str) -> bool:
        """Whether the word says nothing."""
        return word in self._fillers

    def meaning(self, word: str) -> str | None:
        """A name for the group that the word belongs to."""
        return self._groups.get(word)

    def meanings(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where the text speaks of which group, from left to right, the longest word first."""
        place = 0
        while place < len(text):
            number = _DIGITS.match(text, place)
            # 80 is not what 1980 and 800 speak of.
            least = number.end() - place if number else 1
            for size in range(min(self._longest, len(text) - place), least - 1, -1):
                if meaning := self._groups.get(text[place : place + size]):
                    yield place, place + size, meaning
                    place += size
                    break
            else:
                place += least
