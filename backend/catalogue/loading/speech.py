"""The data files of how people speak: topics, what other offices do, and words, checked."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field

from backend.catalogue.loading.rows import Title
from backend.catalogue.search.vocabulary import NEARBY, TOPICS, WORDS
from backend.pinyin import normal
from config.sources import BadRow, Entries, Find, Row, built_in, line_of, read_yaml, shown, take
from config.texts import UNLIKE

Said = Annotated[list[Title], Field(min_length=1)]
Same = Annotated[list[Title], Field(min_length=2)]


class Topic(Row):
    """A situation, told in several ways, and the items that a clerk names then."""

    say: Said
    items: Annotated[list[str], Field(min_length=1), UNLIKE]


class Elsewhere(Row):
    """What another office does."""

    name: Title
    go_to: Title
    words: Said


class Speech(Row):
    """Words that say nothing, and words that mean the same."""

    fillers: list[list[Title]]
    same: list[Same]


def check(find: Find, items: frozenset[str] | None, bad: list[BadRow]) -> None:
    """Note the bad rows of the three files; `items` as for the synonyms."""
    _check_topics(find, items, bad)
    _check_nearby(find, bad)
    _check_words(find, bad)


def _check_topics(find: Find, items: frozenset[str] | None, bad: list[BadRow]) -> None:
    path = find(TOPICS)
    for at, content in _entries(find, TOPICS, bad):
        topic = take(Topic, content, at=at, bad=bad)
        if topic is None or items is None or built_in(path):
            continue
        for place, code in enumerate(topic.items):
            if code not in items:
                line = line_of(content, ["items", place])
                reason = f"items: 没有这个事项 / there is no such item: {code}"
                bad.append(BadRow(at.file, at.row, reason, line))


def _check_nearby(find: Find, bad: list[BadRow]) -> None:
    first: dict[str, int] = {}
    words: list[tuple[str, int]] = []
    for at, content in _entries(find, NEARBY, bad):
        row = take(Elsewhere, content, at=at, bad=bad)
        if row and row.name in first:
            reason = f"name: 与第 {first[row.name]} 行重复 / is that of line {first[row.name]}"
            bad.append(BadRow(at.file, row.name, reason, line_of(content, ["name"])))
        elif row:
            first[row.name] = line_of(content, ["name"])
            words += [(word, line_of(content, ["words", n])) for n, word in enumerate(row.words)]
    bad += _given_twice(words, shown(find(NEARBY)))


def _check_words(find: Find, bad: list[BadRow]) -> None:
    path = find(WORDS)
    content = read_yaml(path, bad)
    if content:
        take(Speech, content, at=BadRow(shown(path), "", ""), bad=bad)
    groups = _grouped(content.get("same"))
    words = ((word, line_of(content, ["same", *where])) for where, word in groups)
    bad += _given_twice(words, shown(path))


def _given_twice(words: Iterable[tuple[str, int]], file: str) -> Iterator[BadRow]:
    """Of the words with their lines, each that was there before, however it is written."""
    first: dict[str, int] = {}
    for word, line in words:
        if said := first.get(normal(word)):
            reason = f"第 {said} 行已有 / is in the list of line {said} already"
            yield BadRow(file, word, reason, line)
        first.setdefault(normal(word), line)


def _grouped(same: object) -> Iterator[tuple[tuple[int, int], str]]:
    """The words of what may be lists of words, whatever else is wrong, and where each is."""
    for number, group in enumerate(same if isinstance(same, list) else ()):
        for place, word in enumerate(group if isinstance(group, list) else ()):
            if isinstance(word, str):
                yield (number, place), word


def _entries(find: Find, name: str, bad: list[BadRow]) -> Iterator[tuple[BadRow, object]]:
    path = find(name)
    entries, file = read_yaml(path, bad, Entries), shown(path)
    for number, content in enumerate(entries):
        yield BadRow(file, f"entry {number + 1}", "", line_of(entries, [number])), content
