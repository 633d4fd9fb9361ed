"""Characters to pinyin without tones, with our own dictionary for words that are read otherwise."""

import re
import unicodedata
from functools import cache, lru_cache

from config import sources

SYLLABLES = sources.DATA / "catalogue" / "syllables.txt"
DICTIONARY = "catalogue/pinyin.yaml"

# What speakers of the north-east and poor typists mix up: zh-z, ch-c, sh-s, n-ng.
_SOUNDS = str.maketrans({"v": "u"})
_MIXED = re.compile(r"(?<=[zcs])h|(?<=n)g(?![aeiou])")
_BLANKS = re.compile(r"[\s\W_]+")


def syllables(text: str) -> list[str]:
    """One toneless syllable per Chinese character; other characters stand for themselves."""
    found: list[str] = []
    for part in _pattern().split(text):
        if part in _words():
            found += _words()[part]
        else:
            found += [_syllable(character) for character in part]
    return found


def sound(letters: str) -> str:
    """Letters with the usual confusions made equal: gongzhufang and gongzufan alike."""
    return _MIXED.sub("", letters.translate(_SOUNDS))


def normal(text: str) -> str:
    """Lower case, full-width made half-width, blanks and punctuation gone."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=8192)
def _syllable(character: str) -> str:
    # Some 400 short lines looked through once per character take far less memory than a dictionary.
    for syllable, characters in _readings():
        if character in characters:
            return syllable
    return character.lower()


@cache
def _readings() -> tuple[tuple[str, str], ...]:
    lines = SYLLABLES.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" ") for line in lines if not line.startswith("#"))
    return tuple((syllable, characters) for syllable, characters in pairs)


@cache
def _words() -> dict[str, list[str]]:
    # What is wrong in the file was told before anything served.
    rows = sources.read_yaml(sources.find(DICTIONARY), [])
    return {word: spelling.split() for word, spelling in rows.items()}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_words(), key=len, reverse=True)
    return re.compile(f"({'|'.join(longest_first)})")
