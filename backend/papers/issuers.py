"""Who issues a paper: the unit's full name, the letters of its numbers, and whom to complain to."""

import re
from datetime import datetime
from typing import NamedTuple

from backend.organisation import queries as organisation
from backend.organisation.queries import Unit
from backend.papers.wording import Words
from config.clock import city_day
from models import UnitLevel

_REMARK = re.compile(r"[(（].*[)）]$")


class Issuer(NamedTuple):
    """A unit as papers name it; `series` without what tells the kind of paper."""

    name: str
    series: str
    reconsideration: str
    court: str


def of(unit_code: str, words: Words) -> Issuer:
    """The unit as issuer of a paper; NoSuchUnit."""
    unit, city, lowest = _above(unit_code)
    place, own = _place(city, lowest), _own(unit, lowest)
    courts, where = words.common.remedies.court, words.common.remedies.reconsideration
    asked = where.departments.get(unit.department_code or "", where.default)
    letters = [_short(city.name, words)] if lowest is city else _letters(city, lowest, words)
    return Issuer(
        name=place + own,
        series="".join([*letters, _letter(unit, own, words)]),
        reconsideration=asked.format(place=place),
        court=(courts.city if lowest is city else courts.district).format(place=place),
    )


def full_name(unit_code: str) -> str:
    """The unit's name with its city and district; NoSuchUnit."""
    unit, city, lowest = _above(unit_code)
    return _place(city, lowest) + _own(unit, lowest)


def _above(unit_code: str) -> tuple[Unit, Unit, Unit]:
    """The unit, its city, and the district that it lies in, or for the city's own the city."""
    unit = organisation.unit(unit_code)
    city, *lower = [organisation.unit(code) for code in unit.path.split("/")]
    lowest = next((each for each in lower if each.level is UnitLevel.DISTRICT), city)
    return unit, city, lowest


def _place(city: Unit, lowest: Unit) -> str:
    # Of a county, or a town with rights of its own, the city is not said: 康平县民政局.
    return f"{city.name}{lowest.name}" if lowest.name.endswith("区") else lowest.name


def _own(unit: Unit, lowest: Unit) -> str:
    return _REMARK.sub("", unit.name).removeprefix(lowest.name)


def series(issuer: Issuer, mark: str, at: datetime) -> str:
    """The series of a paper's number: 沈和民决字〔2026〕."""
    return f"{issuer.series}{mark}字〔{city_day(at).year}〕"


def _letters(city: Unit, district: Unit, words: Words) -> list[str]:
    return [_short(city.name, words), _short(district.name, words)]


def _short(name: str, words: Words) -> str:
    return words.common.short_names.get(name, name[:1])


def _letter(unit: Unit, own: str, words: Words) -> str:
    if unit.level is UnitLevel.DEPARTMENT:
        return _short(own, words)
    return words.common.level_names[unit.level]
