"""What texts are compared by: characters, neighbours, their sound, meanings, English words."""

import re
import unicodedata

from backend.catalogue.search.words import Words
from backend.pinyin import normal, sound, syllables

_LATIN = re.compile(r"[a-z]{2,}")
_CHARACTER, _PAIR, _SOUND, _MEANING, _ENGLISH = 0.3, 1.0, 0.55, 1.8, 1.6
# What a word with a meaning is made of says less beside it, and so do the pairs at its ends.
_WITHIN, _ACROSS = 0.2, 0.4
# Enough of an English word: license and licence, marriage and married are alike.
_STEM, _SINGULAR = 5, 3


def of(text: str, words: Words) -> dict[str, float]:
    """The features of a text, each with its share; that of one character is the character."""
    plain = unicodedata.normalize("NFKC", text).lower()
    found: dict[str, float] = {}
    for word in _LATIN.findall(plain):
        if not words.is_filler(word):
            found[f"en {_stem(word)}"] = _ENGLISH
            if meaning := words.meaning(word):
                found[meaning] = _MEANING
    if rest := normal(_LATIN.sub("", plain)):
        _read(words.meant(rest), words, found)
    return found


def _read(text: str, words: Words, found: dict[str, float]) -> None:
    spoken = [sound(syllable) for syllable in syllables(text)]
    shares = [1.0] * (len(text) + 1)
    for start, end, meaning in words.meanings(text):
        found[meaning] = _MEANING
        shares[start] = min(shares[start], _ACROSS)
        shares[start + 1 : end + 1] = [_WITHIN] * (end - start - 1) + [_ACROSS]
    for place, character in enumerate(text):
        found[character] = _CHARACTER
        if place:
            found[text[place - 1 : place + 1]] = _PAIR * shares[place]
            found[f"{spoken[place - 1]} {spoken[place]}"] = _SOUND * shares[place]


def _stem(word: str) -> str:
    return (word.removesuffix("s") if len(word) > _SINGULAR else word)[:_STEM]
