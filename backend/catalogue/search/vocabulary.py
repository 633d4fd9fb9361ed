"""The city's data files of how people speak, as the index takes them.

What is wrong in them was told before anything served.
"""

from collections import defaultdict
from functools import cache
from typing import Any

from backend.catalogue.search.index import Entry, Nearby
from backend.catalogue.search.words import Words
from config import sources
from config.sources import Entries, Rows

SYNONYMS = "catalogue/synonyms.yaml"
TOPICS = "catalogue/topics.yaml"
NEARBY = "catalogue/nearby.yaml"
WORDS = "catalogue/words.yaml"


def entry(code: str, names: tuple[str, ...], around: tuple[str, ...]) -> Entry:
    """An item with all that it is called, and the topics in which it is named."""
    synonyms = tuple(map(str, _synonyms().get(code, ())))
    return Entry(code, names + synonyms, tuple(_topics().get(code, ())), around)


@cache
def nearby() -> tuple[Nearby, ...]:
    """What other offices do."""
    rows = _read(NEARBY, Entries)
    return tuple(Nearby(row["name"], row["go_to"], tuple(row["words"])) for row in rows)


@cache
def words() -> Words:
    """Fillers, and words that mean the same."""
    rows = _read(WORDS, Rows)
    return Words((word for line in rows["fillers"] for word in line), rows["same"])


@cache
def _synonyms() -> dict[str, list[str | int]]:
    rows: dict[str, list[str | int]] = _read(SYNONYMS, Rows)
    return rows


@cache
def _topics() -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for topic in _read(TOPICS, Entries):
        for place, code in enumerate(topic["items"]):
            found[code] += [(text, place) for text in topic["say"]]
    return found


def _read(name: str, kind: type[Rows] | type[Entries]) -> Any:
    return sources.read_yaml(sources.find(name), [], kind)
