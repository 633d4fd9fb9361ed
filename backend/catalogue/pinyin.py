"""Characters to pinyin without tones, with our own dictionary for words that are read otherwise."""

import os
import re
from functools import cache

from config import sources

# The library's own phrases take 40 MB in every process, and misread the city's place names.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

from pypinyin import lazy_pinyin

DICTIONARY = "catalogue/pinyin.yaml"

# What speakers of the north-east and poor typists mix up: zh-z, ch-c, sh-s, n-ng.
_SOUNDS = str.maketrans({"v": "u"})
_MIXED = re.compile(r"(?<=[zcs])h|(?<=n)g(?![aeiou])")


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


@cache
def _syllable(character: str) -> str:
    syllable: str = lazy_pinyin(character, errors=lambda other: other.lower())[0]
    return syllable


@cache
def _words() -> dict[str, list[str]]:
    # What is wrong in the file was told before anything served.
    rows = sources.read_yaml(sources.find(DICTIONARY), [])
    return {word: spelling.split() for word, spelling in rows.items()}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_words(), key=len, reverse=True)
    return re.compile(f"({'|'.join(longest_first)})")
