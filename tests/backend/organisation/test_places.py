"""Units of other times and other places: what lists, searches and steps make of them."""

import contextlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
from tortoise.transactions import in_transaction

from backend.errors import NotFound
from backend.organisation import places, queries, removal
from backend.organisation.places import Found
from models import Case, OrgUnit, Post, Role, Staff, UnitLevel
from tests.backend.cases.factories import NOW, a_case, an_actor

CITY, DISTRICT, STREET, COMMUNITY = "210100000000", "210102000000", "210102001000", "210102001001"
NEXT = "210102001002"
TODAY = date(2026, 3, 9)
DAY = timedelta(days=1)
T = TypeVar("T")


class UndoneError(Exception):
    pass


async def seen(look: Callable[[], T], units: dict[str, dict[str, Any]]) -> T:
    """What one sees while these units, by code, have these columns."""
    found: list[T] = []
    with contextlib.suppress(UndoneError):
        async with in_transaction():
            for code, columns in units.items():
                assert await OrgUnit.filter(code=code).update(**columns) == 1
            await queries.load()
            found.append(look())
            raise UndoneError
    await queries.load()
    return found[0]


def codes(found: list[Found]) -> list[str]:
    return [one.community.code for one in found]


def listed(parent: str | None = None) -> list[str]:
    return [region.unit.code for region in places.regions(parent, on=TODAY)]


@pytest.mark.parametrize(
    ("columns", "there"),
    [
        ({}, True),
        ({"valid_from": TODAY}, True),
        ({"valid_from": TODAY + DAY}, False),
        ({"valid_to": TODAY}, True),
        ({"valid_to": TODAY - DAY}, False),
        ({"valid_from": TODAY, "valid_to": TODAY}, True),
    ],
)
async def test_a_unit_is_there_from_its_first_day_to_its_last(
    city: None, *, columns: dict[str, date], there: bool
) -> None:
    def look() -> tuple[bool, ...]:
        found = codes(places.communities("浑河湾第一", limit=100, on=TODAY))
        return (
            COMMUNITY in listed(STREET),
            COMMUNITY in found,
            COMMUNITY in {unit.code for unit in queries.valid(on=TODAY)},
        )

    assert await seen(look, {COMMUNITY: {"name": "浑河湾第一社区", **columns}}) == (there,) * 3


async def test_the_parts_of_a_region_are_listed_by_code_without_departments(city: None) -> None:
    districts, streets = places.regions(on=TODAY), places.regions(DISTRICT, on=TODAY)

    assert [one.unit.code for one in districts] == sorted(one.unit.code for one in districts)
    assert {one.level for one in districts} == {UnitLevel.DISTRICT}
    assert listed(CITY) == listed()
    assert {(one.level, one.has_children) for one in streets} == {(UnitLevel.STREET, True)}
    assert listed(COMMUNITY) == []


async def test_a_street_whose_communities_have_all_ended_leads_no_further(city: None) -> None:
    ended = {code: {"valid_to": TODAY - DAY} for code in listed(STREET)}

    street = await seen(lambda: places.regions(DISTRICT, on=TODAY), ended)

    assert [one.has_children for one in street if one.unit.code == STREET] == [False]


@pytest.mark.parametrize("parent", ["210102-MZ", "000000000000", "", "2101"])
async def test_what_is_no_region_has_no_parts(city: None, parent: str) -> None:
    with pytest.raises(NotFound) as refused:
        places.regions(parent, on=TODAY)

    assert refused.value.code == "region_not_found"


async def test_a_region_that_has_ended_is_none(city: None) -> None:
    def look() -> str:
        with pytest.raises(NotFound) as refused:
            places.regions(STREET, on=TODAY)
        return refused.value.code

    ended = {"valid_to": TODAY - DAY}
    assert await seen(look, {STREET: ended}) == "region_not_found"


async def test_the_best_match_comes_first_and_a_community_before_its_street(city: None) -> None:
    def look() -> list[str]:
        return codes(places.communities("甲乙", limit=4, on=TODAY))

    found = await seen(
        look,
        {
            "210102001001": {"name": "丙甲乙"},
            "210102001002": {"name": "甲乙丙"},
            "210102002001": {"name": "甲乙"},
            "210103005000": {"name": "甲乙"},
        },
    )

    below = sorted(code for code in listed("210103005000"))
    assert found == ["210102002001", "210102001002", "210102001001", below[0]]


async def test_who_has_no_coordinates_comes_last_and_is_not_near(city: None) -> None:
    here = queries.unit(COMMUNITY)
    assert here.lat is not None
    assert here.lng is not None
    near = (here.lat, here.lng)

    def look() -> list[Found]:
        return places.communities(district=DISTRICT, near=near, limit=1000, on=TODAY)

    found = await seen(look, {COMMUNITY: {"lat": None}, NEXT: {"lng": None}})

    assert codes(found)[-2:] == [COMMUNITY, NEXT]
    assert [one.distance_m for one in found[-2:]] == [None, None]
    assert all(one.distance_m for one in found[:-2])
    assert codes(look())[0] == COMMUNITY
    assert places.communities(near=near, limit=1, on=TODAY)[0].distance_m == 0
    # Half round the world, where a rounding could leave the arc's sine above one.
    across = places.communities(near=(-here.lat, here.lng - 180), limit=1000, on=TODAY)
    assert max(one.distance_m or 0 for one in across) == 20_015_114


async def test_a_code_that_goes_on_is_not_below(city: None) -> None:
    street = queries.unit(STREET)

    within = queries.within([street.path])

    assert set(within) == {STREET, *listed(STREET)}
    assert queries.within([street.path[:-1]]) == []
    assert queries.within([]) == []
    assert set(queries.within([queries.unit(COMMUNITY).path, street.path])) == set(within)
    ended = {COMMUNITY: {"valid_to": TODAY - DAY}}
    assert COMMUNITY in await seen(lambda: queries.within([street.path]), ended)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("219900000000", UnitLevel.CITY),
        ("210199000000", UnitLevel.DISTRICT),
        ("210102999000", UnitLevel.STREET),
        ("210102999999", UnitLevel.COMMUNITY),
        ("210199-MZ", UnitLevel.DEPARTMENT),
    ],
)
async def test_a_unit_that_no_row_has_any_more_is_named_by_its_code(
    city: None, code: str, level: UnitLevel
) -> None:
    stood_in = queries.known_or_not(code)

    assert (stood_in.level, stood_in.path, stood_in.parent_code) == (level, code, None)
    assert code in stood_in.name
    assert queries.known_or_not(COMMUNITY) is queries.unit(COMMUNITY)


async def test_open_cases_keep_a_unit_that_has_any_part_in_them(city: None) -> None:
    by = await an_actor()
    case = await a_case(by=by)
    columns = ("community_id", "holder_id", "department_unit_id")
    row = await Case.get(id=case.id).values(*columns)
    parts = {str(value) for value in row.values()}
    assert len(parts) > 1

    told = await removal.in_use([*parts, NEXT], final=["closed"], today=TODAY)

    assert [line.split()[0] for line in told] == sorted(parts)
    assert all("open cases: 1;" in line for line in told)
    assert await removal.in_use(parts, final=["closed", case.status], today=TODAY) == []
    assert await removal.in_use([], final=[], today=TODAY) == []


async def test_staff_keep_a_unit_to_the_last_day_of_their_posts(city: None) -> None:
    staying, leaving = [
        await Staff.create(name_sealed=b"", created_at=NOW, left_at=left) for left in (None, NOW)
    ]
    for member, role in ((staying, Role.CLERK), (staying, Role.ADMIN), (leaving, Role.CLERK)):
        await Post.create(staff=member, unit_id=NEXT, role=role, created_at=NOW, valid_to=TODAY)

    [told] = await removal.in_use([NEXT, COMMUNITY], final=[], today=TODAY)

    assert told.startswith(f"{NEXT} ")
    # A person is one, with however many posts; who has left is none.
    assert "staff: 1;" in told
    assert await removal.in_use([NEXT], final=[], today=TODAY + DAY) == []


async def test_a_place_is_found_by_its_letters_its_initials_and_as_it_sounds(city: None) -> None:
    named = {
        "210102001001": {"name": "绿园社区"},
        "210102001002": {"name": "站前社区"},
        "210102001003": {"name": "宁山社区"},
    }

    by_words = {
        "绿园": {"210102001001"},
        "lvyuan": {"210102001001"},
        "luyuan": {"210102001001"},
        "ly": {"210102001001"},
        "LV YUAN": {"210102001001"},
        "zhanqian": {"210102001002"},
        "zanqian": {"210102001002"},
        "zqsq": {"210102001002"},
        "ningshan": {"210102001003"},
        "ninsan": {"210102001003"},
        "shequ": named.keys(),
        "绿y": set(),
    }

    def look() -> dict[str, set[str]]:
        found = {
            words: codes(places.communities(words, district=DISTRICT, limit=1000, on=TODAY))
            for words in by_words
        }
        return {words: {*listed} & named.keys() for words, listed in found.items()}

    assert await seen(look, named) == by_words
