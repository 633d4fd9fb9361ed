"""Reading the catalogue: published versions are kept in each process, with their search index.

A version never changes once published, so what was read by id stays; whether there is a newer
publication is asked at most every few seconds, by one small statement.
"""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.catalogue import statements, versions
from backend.catalogue.categories import CATEGORIES
from backend.catalogue.refusals import DepartmentNotFound, ItemNotFound, ItemUnknown
from backend.catalogue.search import vocabulary
from backend.catalogue.search.index import Entry, Found, Hit, Index, Nearby
from backend.catalogue.versions import ItemVersion, RouteStep
from config.database import connection

__all__ = [
    "Group",
    "ItemVersion",
    "Matches",
    "Nearby",
    "RouteStep",
    "categories",
    "current",
    "departments",
    "known",
    "latest",
    "load",
    "one",
    "published",
    "search",
    "version",
    "version_named",
]

FRESH_SECONDS = 5.0


@dataclass
class _Kept:
    """What this process knows; `current` in the order of the catalogue."""

    by_id: dict[UUID, ItemVersion] = field(default_factory=dict)
    by_text: dict[str, ItemVersion] = field(default_factory=dict)
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


async def version_named(text: str) -> ItemVersion:
    """The same by its id as text, where a page has many."""
    found = _kept.by_text.get(text)
    if found is None:
        found = _kept.by_text[text] = await version(UUID(text))
    return found


async def current(code: str) -> ItemVersion:
    """The published version to apply for; ItemUnknown if there is none."""
    await _refresh()
    found = _kept.current.get(code)
    if found is None:
        raise ItemUnknown
    return found


async def latest(code: str) -> ItemVersion:
    """The published version of an item that there is, else its last one."""
    await _refresh()
    found = _kept.current.get(code)
    if found is None:
        rows = await connection().execute_query_dict(statements.LAST, [code])
        found = versions.from_row(rows[0])
    return found


async def known(code: str) -> bool:
    """Whether there is or was such an item."""
    await _refresh()
    if code in _kept.current:
        return True
    return bool(await connection().execute_query_dict(statements.LAST, [code]))


async def one(code: str) -> ItemVersion:
    """The published version to look at; ItemNotFound."""
    await _refresh()
    found = _kept.current.get(code)
    if found is None:
        raise ItemNotFound
    return found


async def published() -> Mapping[str, ItemVersion]:
    """The published versions by code, in the order of the catalogue."""
    await _refresh()
    return _kept.current


@dataclass(frozen=True, slots=True)
class Matches:
    """The items that fit, and what other offices do that fits better than they."""

    items: list[ItemVersion]
    nearby: tuple[Nearby, ...] = ()


async def search(
    words: str = "",
    *,
    department: str | None = None,
    item_type: str | None = None,
    category: str | None = None,
) -> Matches:
    """The published items that fit, best first; all of them without words, in their usual order.

    Nothing is answered rather than something that does not fit.
    `item_type` is the Chinese type, its code or the category: 行政给付, 05 or benefit.
    DepartmentNotFound for a department without items, be there one or not.
    """
    await _refresh()
    answering = {item.department_code for item in _kept.current.values()}
    if department is not None and department not in answering:
        raise DepartmentNotFound
    found = _kept.index.search(words) if words.strip() else _everything()
    items = [
        item
        for item in (_kept.current[hit.code] for hit in found.hits)
        if (department is None or item.department_code == department)
        and (category is None or item.guide["category"] == category)
        and (item_type is None or item_type in {item.type, item.type_code, item.guide["category"]})
    ]
    return Matches(items, found.nearby)


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
        _kept.index = Index(map(_entry, items), vocabulary.nearby(), vocabulary.words())
        _kept.current = {item.code: item for item in items}
        _kept.by_id |= {item.id: item for item in items}
        _kept.stamp = stamp
    _kept.fresh_until = time.monotonic() + FRESH_SECONDS


def _known(row: dict[str, Any]) -> ItemVersion:
    found = _kept.by_id.get(row["id"])
    return found if found and found.status == row["status"] else versions.from_row(row)


def _everything() -> Found:
    return Found(tuple(Hit(code, 0.0) for code in _kept.current))


def _entry(item: ItemVersion) -> Entry:
    english = item.guide["name_en"]
    names = (item.name, english) if english else (item.name,)
    conditions = (each["text"] for each in item.guide["conditions"])
    return vocabulary.entry(item.code, names, (item.department_name, *conditions))
