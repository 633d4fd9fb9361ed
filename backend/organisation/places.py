"""Finding a place: the parts of a region, and communities by name, pinyin or distance."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from backend import pinyin
from backend.organisation import queries
from backend.organisation.queries import Unit
from backend.organisation.refusals import RegionNotFound
from models import UnitLevel

EARTH_METRES = 6_371_008.8
"""The mean radius (IUGG)."""
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True, slots=True)
class Found:
    """A community, its street and district; metres from where was asked, None if not asked."""

    community: Unit
    street: Unit
    district: Unit
    distance_m: int | None


PlaceLevel = Literal[UnitLevel.CITY, UnitLevel.DISTRICT, UnitLevel.STREET, UnitLevel.COMMUNITY]
"""The levels of places: departments are none."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the city."""

    unit: Unit
    level: PlaceLevel
    has_children: bool


@dataclass(frozen=True, slots=True)
class _Spelling:
    text: str
    letters: str
    initials: str


def regions(parent: str | None = None, *, on: date) -> list[Region]:
    """The parts that a region has on this day by code, of the city if none is named.

    Departments are no regions. Raises RegionNotFound.
    """
    places = [unit for unit in queries.valid(on=on) if unit.level is not UnitLevel.DEPARTMENT]
    if parent is None:
        above = {unit.code for unit in places if unit.level is UnitLevel.CITY}
    else:
        above = {unit.code for unit in places if unit.code == parent}
        if not above:
            raise RegionNotFound
    parents = {unit.parent_code for unit in places}
    found = [
        Region(unit, level, unit.code in parents)
        for unit in places
        if unit.parent_code in above and (level := unit.level) is not UnitLevel.DEPARTMENT
    ]
    return sorted(found, key=lambda region: region.unit.code)


def communities(
    words: str = "",
    *,
    district: str | None = None,
    near: tuple[float, float] | None = None,
    limit: int,
    on: date,
) -> list[Found]:
    """Communities that fit, nearest first if `near` (degrees north, east), else best match first.

    Words may be of the community's, its street's or its district's name, in characters, pinyin or
    initials; words without a letter fit nothing. Communities without coordinates come last. Only
    what there is `on` this day.
    """
    typed = pinyin.normal(words)
    if words.strip() and not typed:
        return []
    ranked = []
    for unit in queries.valid(on=on):
        if unit.level is not UnitLevel.COMMUNITY:
            continue
        community, street, above = queries.chain(unit.code)
        if district is not None and above.code != district:
            continue
        rank = _rank(typed, (community.name, street.name, above.name))
        if rank is not None:
            found = Found(community, street, above, _metres(near, community))
            order = math.inf if found.distance_m is None else found.distance_m
            ranked.append(((order if near else 0, rank, unit.code), found))
    ranked.sort(key=lambda one: one[0])
    return [found for _, found in ranked[:limit]]


def _rank(typed: str, names: tuple[str, str, str]) -> int | None:
    """0 for the best match; None if it does not fit."""
    ranks = [
        place * 10 + rank
        for place, name in enumerate(names)
        if (rank := _fit(typed, _spelled(name))) is not None
    ]
    return min(ranks, default=None)


def _fit(typed: str, name: _Spelling) -> int | None:
    ways = [name.text]
    if typed and _LETTERS.issuperset(typed):
        ways = [name.letters, name.initials, pinyin.sound(name.letters)]
    heard = [typed, typed, pinyin.sound(typed)]
    return min(_places(heard, ways), default=None)


def _places(typed: list[str], ways: list[str]) -> Iterator[int]:
    """0 where it is the whole, 1 at the beginning, 2 inside."""
    for wanted, way in zip(typed, ways, strict=False):
        if wanted == way:
            yield 0
        elif way.startswith(wanted):
            yield 1
        elif wanted in way:
            yield 2


@lru_cache(maxsize=4096)
def _spelled(name: str) -> _Spelling:
    text = pinyin.normal(name)
    spoken = pinyin.syllables(text)
    return _Spelling(text, "".join(spoken), "".join(syllable[0] for syllable in spoken))


def _metres(near: tuple[float, float] | None, unit: Unit) -> int | None:
    """The great-circle distance (haversine)."""
    if near is None or unit.lat is None or unit.lng is None:
        return None
    north, east, lat, lng = map(math.radians, (*near, unit.lat, unit.lng))
    half = (
        math.sin((lat - north) / 2) ** 2
        + math.cos(north) * math.cos(lat) * math.sin((lng - east) / 2) ** 2
    )
    return round(2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(half))))
