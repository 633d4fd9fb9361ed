"""Reading the catalogue: published versions are kept in each process, with their search index.

A version never changes once published, so what was read by id stays; whether there is a newer
publication is asked at most every few seconds, by one small statement.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from backend.catalogue import statements, versions
from backend.catalogue.categories import CATEGORIES
from backend.catalogue.refusals import ItemNotFound, ItemUnknown
from backend.catalogue.search import Entry, Index
from backend.catalogue.versions import ItemVersion, RouteStep
from config import sources
from config.database import connection

__all__ = [
    "Group",
    "ItemVersion",
    "RouteStep",
    "categories",
    "current",
    "departments",
    "load",
    "one",
    "search",
    "version",
]

SYNONYMS = "catalogue/synonyms.yaml"
FRESH_SECONDS = 5.0


@dataclass
class _Kept:
    """What this process knows; `current` in the order of the catalogue."""

    by_id: dict[UUID, ItemVersion] = field(default_factory=dict)
    current: dict[str, ItemVersion] = field(default_factory=dict)
    index: Index = field(default_factory=lambda: Index(()))
    stamp: tuple[Any, ...] = ()
    fresh_until: float = 0.0


_kept = _Kept()


async def load() -> None:
    """Read the published versions anew; a process may call it before it serves."""
    _kept.stamp = ()
    _kept.fresh_until = 0.0
    await _refresh()


async def version(version_id: UUID) -> ItemVersion:
    """The version a case was filed in, published or not."""
    found = _kept.by_id.get(version_id)
    if found is None:
        rows = await connection().execute_query_dict(statements.BY_ID, [version_id])
        if not rows:
            raise LookupError(version_id)  # of a case; its row can't have gone
        found = versions.from_row(rows[0])
        _kept.by_id[found.id] = found
    return found


async def current(code: str) -> ItemVersion:
    """The published version to apply for; ItemUnknown if there is none."""
    await _refresh()
    found = _kept.current.get(code)
    if found is None:
        raise ItemUnknown
    return found


async def one(code: str) -> ItemVersion:
    """The published version to look at; ItemNotFound."""
    await _refresh()
    found = _kept.current.get(code)
    if found is None:
        raise ItemNotFound
    return found


async def search(
    words: str = "",
    *,
    department: str | None = None,
    item_type: str | None = None,
    category: str | None = None,
) -> list[ItemVersion]:
    """The published items that fit, best first; all of them without words, in their usual order.

    `item_type` is the Chinese type, its code or the category: 行政给付, 05 or benefit.
    """
    await _refresh()
    if words.strip():
        found = [_kept.current[hit.code] for hit in _kept.index.search(words)]
    else:
        found = list(_kept.current.values())
    return [
        item
        for item in found
        if (department is None or item.department_code == department)
        and (category is None or item.guide["category"] == category)
        and (item_type is None or item_type in {item.type, item.type_code, item.guide["category"]})
    ]


@dataclass(frozen=True, slots=True)
class Group:
    """A department or category and how many published items it has."""

    code: str
    name: str
    items: int


async def departments() -> list[Group]:
    """The departments that have items, by code."""
    await _refresh()
    names = {item.department_code: item.department_name for item in _kept.current.values()}
    counts = Counter(item.department_code for item in _kept.current.values())
    return [Group(code, names[code], counts[code]) for code in sorted(names)]


async def categories() -> list[Group]:
    """The categories that have items, in the order residents are shown them."""
    await _refresh()
    counts = Counter(item.guide["category"] for item in _kept.current.values())
    return [Group(code, name, counts[code]) for code, name in CATEGORIES.items() if counts[code]]


async def _refresh() -> None:
    if time.monotonic() < _kept.fresh_until:
        return
    # Set first: whoever comes while we ask goes on with what is known.
    _kept.fresh_until = time.monotonic() + FRESH_SECONDS if _kept.stamp else 0.0
    stamp = tuple((await connection().execute_query_dict(statements.STAMP))[0].values())
    if stamp != _kept.stamp:
        rows = await connection().execute_query_dict(statements.PUBLISHED)
        items = [_known(row) for row in rows]
        _kept.index = Index(_entry(item) for item in items)
        _kept.current = {item.code: item for item in items}
        _kept.by_id |= {item.id: item for item in items}
        _kept.stamp = stamp
    _kept.fresh_until = time.monotonic() + FRESH_SECONDS


def _known(row: dict[str, Any]) -> ItemVersion:
    found = _kept.by_id.get(row["id"])
    return found if found and found.status == row["status"] else versions.from_row(row)


def _entry(item: ItemVersion) -> Entry:
    return Entry(
        item.code,
        item.name,
        synonyms=_synonyms().get(item.code, ()),
        around=(item.department_name, *(each["text"] for each in item.guide["conditions"])),
        edge=tuple(material["name"] for material in item.materials),
    )


@cache
def _synonyms() -> dict[str, tuple[str, ...]]:
    # What is wrong in the file was told before anything served.
    rows = sources.read_yaml(sources.find(SYNONYMS), [])
    return {code: tuple(map(str, words)) for code, words in rows.items()}
