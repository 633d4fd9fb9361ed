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


def of(unit_code: str, community_code: str, words: Words) -> Issuer:
    """The issuer of a paper on a case of this community; NoSuchUnit."""
    unit, city, lowest = _above(unit_code, community_code)
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


def full_name(unit_code: str, community_code: str) -> str:
    """The unit's name with its city and district."""
    unit, city, lowest = _above(unit_code, community_code)
    return _place(city, lowest) + _own(unit, lowest)


def _above(unit_code: str, community_code: str) -> tuple[Unit, Unit, Unit]:
    """The unit, its city, and whatever of city and district it hangs under."""
    unit = organisation.unit(unit_code)
    district = organisation.chain(community_code)[2]
    city = organisation.unit(district.parent_code or "")
    of_city = unit.level is UnitLevel.CITY or unit.parent_code == city.code
    return unit, city, city if of_city and unit is not district else district


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
