"""The data files of everyday words and of unusual readings, checked."""

import re

from config.characters import visible
from config.sources import BadRow, Find, built_in, line_of, read_yaml, shown

_SYLLABLE = re.compile(r"[a-z]{1,6}")


def check(find: Find, items: frozenset[str] | None, bad: list[BadRow]) -> None:
    """Note the bad rows of synonyms.yaml and pinyin.yaml.

    `items` are the codes there are; None where some could not be read.
    """
    path = find("catalogue/synonyms.yaml")
    synonyms = read_yaml(path, bad)
    for code, words in synonyms.items():
        at = (shown(path), str(code))
        # The built-in file speaks of all built-in items, of which a city need not have any.
        if items is not None and code not in items and not built_in(path):
            reason = "没有这个事项 / there is no such item"
            bad.append(BadRow(*at, reason, line_of(synonyms, [code])))
        if not isinstance(words, list) or not words:
            bad.append(
                BadRow(*at, "应为词语列表 / must be a list of words", line_of(synonyms, [code]))
            )
            continue
        for number, word in enumerate(words):
            if not isinstance(word, str | int) or isinstance(word, bool) or not visible(str(word)):
                line = line_of(synonyms, [code, number])
                bad.append(
                    BadRow(*at, f"{word!r} 不是词语，请加引号 / is no word: put it in quotes", line)
                )
    _check_pinyin(find, bad)


def _check_pinyin(find: Find, bad: list[BadRow]) -> None:
    path = find("catalogue/pinyin.yaml")
    readings = read_yaml(path, bad)
    for word, reading in readings.items():
        syllables = reading.split() if isinstance(reading, str) else []
        if len(syllables) != len(str(word)) or not all(map(_SYLLABLE.fullmatch, syllables)):
            reason = (
                "每个字须有一个小写音节"
                " / must have one syllable of small letters for each character"
            )
            bad.append(BadRow(shown(path), str(word), reason, line_of(readings, [word])))
